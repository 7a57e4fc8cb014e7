package io.maas.internal.bundle;

import io.maas.spi.ObjectStore.Source;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.Set;

/**
 * Tells a TorchScript file from other files of PyTorch by what lies in its archive. All of them have a {@code data.pkl};
 * only a scripted or traced module has its code and its constants beside it.
 */
final class TorchScriptLayout {
    private static final int MAX_NAMES = 100_000;

    private TorchScriptLayout() {}

    static boolean is(Source content) throws IOException {
        Set<String> names = new HashSet<>();
        ZipMemberNames members = new ZipMemberNames(name -> {
            if (names.size() < MAX_NAMES) {
                names.add(name);
            }
        });
        try (InputStream in = content.open()) {
            byte[] buffer = new byte[256 << 10];
            int count = in.readNBytes(buffer, 0, buffer.length);
            if (count < 4 || LittleEndian.intAt(buffer, 0) != 0x04034b50) {
                return false;
            }
            for (; count > 0; count = in.readNBytes(buffer, 0, buffer.length)) {
                members.update(buffer, 0, count);
            }
        }
        return names.stream()
                .filter(name -> name.endsWith("/data.pkl"))
                .map(name -> name.substring(0, name.length() - "data.pkl".length()))
                .filter(root -> root.indexOf('/') == root.length() - 1)
                .anyMatch(root -> names.contains(root + "constants.pkl")
                        && names.stream().anyMatch(name -> name.startsWith(root + "code/") && name.endsWith(".py")));
    }
}
