import org.jspecify.annotations.NullMarked;

/** Contract suites for what plugs into the platform, and test doubles for those who use it. */
@NullMarked
module io.maas.testkit {
    requires static org.jspecify;
    requires transitive io.maas;
    requires transitive org.assertj.core;
    requires transitive org.junit.jupiter.api;

    exports io.maas.testkit;
    exports io.maas.testkit.onnx;
    exports io.maas.testkit.python;
    exports io.maas.testkit.torchscript;

    uses io.maas.spi.StoreProvider;

    // JUnit calls the suites' tests by reflection
    opens io.maas.testkit;
}
