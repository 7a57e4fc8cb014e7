package io.maas.backend.djl;

import ai.djl.BaseModel;
import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineProvider;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SymbolBlock;
import ai.djl.training.GradientCollector;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** An engine of DJL that PyTorch knows nothing of, but for the arrays that it borrows: a model is a number to multiply with. */
final class ScaleEngine extends Engine {
    static final String NAME = "Scale";

    /** Found as a service. */
    public static final class Provider implements EngineProvider {
        /** For the service loader. */
        public Provider() {}

        @Override
        public String getEngineName() {
            return NAME;
        }

        @Override
        public int getEngineRank() {
            return 100;
        }

        @Override
        public Engine getEngine() {
            return new ScaleEngine();
        }
    }

    private static final class ScaleModel extends BaseModel {
        ScaleModel(String name, Device device) {
            super(name);
            manager = NDManager.newBaseManager(device, "PyTorch");
        }

        @Override
        public void load(Path file, String prefix, Map<String, ?> options) throws IOException, MalformedModelException {
            try {
                float factor = Float.parseFloat(Files.readString(file));
                block = new LambdaBlock(
                        inputs -> new NDList(inputs.singletonOrThrow().mul(factor)), "scale");
            } catch (NumberFormatException e) {
                throw new MalformedModelException("no number", e);
            }
        }

        @Override
        public void load(InputStream in, Map<String, ?> options) {
            throw new UnsupportedOperationException("not asked for");
        }
    }

    @Override
    public Engine getAlternativeEngine() {
        throw new UnsupportedOperationException("not asked for");
    }

    @Override
    public String getEngineName() {
        return NAME;
    }

    @Override
    public int getRank() {
        return 100;
    }

    @Override
    public String getVersion() {
        return "1.0";
    }

    @Override
    public boolean hasCapability(String capability) {
        return false;
    }

    @Override
    public Model newModel(String name, Device device) {
        return new ScaleModel(name, device);
    }

    @Override
    public SymbolBlock newSymbolBlock(NDManager manager) {
        throw new UnsupportedOperationException("not asked for");
    }

    @Override
    public NDManager newBaseManager() {
        return NDManager.newBaseManager("PyTorch");
    }

    @Override
    public NDManager newBaseManager(Device device) {
        return NDManager.newBaseManager(device, "PyTorch");
    }

    @Override
    public GradientCollector newGradientCollector() {
        throw new UnsupportedOperationException("not asked for");
    }

    @Override
    public void setRandomSeed(int seed) {}
}
