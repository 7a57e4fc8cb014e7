package io.maas.backend.djl;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.pytorch.engine.PtSymbolBlock;
import io.maas.error.UnavailableException;
import io.maas.spi.Backend;
import io.maas.spi.BackendProvider;
import io.maas.spi.ModelFiles;
import java.util.Set;

/**
 * Runs models of the format {@code torchscript} on DJL's PyTorch engine, which the host adds: see {@code docs/engines.md}.
 * Found as a service; nothing of PyTorch starts before the first such model.
 *
 * <p>A TorchScript file tells nothing of what it takes and gives, so {@code maas.json} must list its tensors, in the order in
 * which the model takes and returns them, and have a self-test. Models return a tensor, or a list or tuple of tensors. A run cannot
 * be interrupted: a call that has passed its deadline is answered, but keeps its place on the device until its run has
 * ended. PyTorch has one number of threads for the whole process, which is 1 unless the host sets {@code
 * ai.djl.pytorch.num_threads}; what a package says of threads is not heeded.
 */
public final class TorchBackendProvider implements BackendProvider {
    static final String ENGINE = "PyTorch";

    /** For {@link java.util.ServiceLoader}. */
    public TorchBackendProvider() {}

    @Override
    public String name() {
        return "djl-pytorch";
    }

    @Override
    public Set<String> formats() {
        return Set.of("torchscript");
    }

    /**
     * Starts PyTorch, unless it runs already.
     *
     * @throws UnavailableException {@link io.maas.error.ErrorCode#NO_NATIVE} if it is not on the class path, or its native library cannot be
     *     loaded
     */
    @Override
    public Backend open() {
        Settings.prepareTorch();
        return new DjlBackend(DjlEngine.start(ENGINE), new TorchScript());
    }

    private static final class TorchScript implements DjlBackend.Kind {
        @Override
        public void check(ModelFiles files) {
            TorchArchive.check(files);
        }

        @Override
        public Forward forward(Model model, Device device) {
            return new TorchForward((PtSymbolBlock) model.getBlock(), device);
        }
    }
}
