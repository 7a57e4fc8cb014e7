package io.maas.http.cli;

import picocli.CommandLine.IVersionProvider;

/** Which version this is, as its jar says. */
final class ProgramVersion implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Main.class.getPackage().getImplementationVersion();
        return new String[] {
            "maas " + (version == null ? "unpackaged" : version),
            "Java " + Runtime.version() + ", " + System.getProperty("os.name") + " " + System.getProperty("os.arch")
        };
    }
}
