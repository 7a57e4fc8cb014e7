package io.maas;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which version of the platform this is, as its jar says. */
final class Version {
    private static final Logger LOG = LoggerFactory.getLogger(Version.class);
    private static final String PROPERTIES = "/META-INF/maven/io.maas/maas-core/pom.properties";

    private Version() {}

    static String ofPlatform() {
        Properties properties = new Properties();
        try (InputStream in = Version.class.getResourceAsStream(PROPERTIES)) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException e) {
            LOG.debug("{} cannot be read", PROPERTIES, e);
        }
        return properties.getProperty("version", "unpackaged");
    }
}
