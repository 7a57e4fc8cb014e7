package io.maas.internal.imports;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.maas.internal.bundle.JsonPlace;
import io.maas.model.Names;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Properties;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Java's properties as an object of texts. The JDK reads them; that a key stands twice it does not mind, and this does. */
final class PropertiesFile {
    private PropertiesFile() {}

    static ObjectNode parse(byte[] content, JsonPlace at) {
        Once properties = new Once(at);
        try {
            properties.load(new ByteArrayInputStream(content));
        } catch (IOException | IllegalArgumentException e) {
            throw at.refused("it is no properties file, " + Names.shown(String.valueOf(e.getMessage())), e);
        }
        ObjectNode fields = JsonNodeFactory.instance.objectNode();
        TreeMap<String, String> sorted = new TreeMap<>();
        properties.stringPropertyNames().forEach(name -> sorted.put(name, properties.getProperty(name)));
        sorted.forEach(fields::put);
        return fields;
    }

    private static final class Once extends Properties {
        private static final long serialVersionUID = 1;
        private final transient JsonPlace at;

        Once(JsonPlace at) {
            this.at = at;
        }

        @Override
        public synchronized @Nullable Object put(Object key, Object value) {
            if (super.put(key, value) != null) {
                throw at.refused("the key '" + Names.shown(key.toString()) + "' is there twice");
            }
            return null;
        }
    }
}
