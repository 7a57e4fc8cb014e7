package io.maas.store.s3;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import org.gaul.s3proxy.BlobStores;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;

/** S3Proxy in this JVM, with its objects in a folder. */
final class RunningProxy implements AutoCloseable {
    private final S3Proxy server;

    RunningProxy(Path folder) {
        Properties properties = new Properties();
        properties.setProperty("jclouds.filesystem.basedir", folder.toString());
        try {
            server = S3Proxy.builder()
                    .blobStore(BlobStores.create("filesystem-nio2", properties))
                    .endpoint(URI.create("http://127.0.0.1:0"))
                    .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, SignatureV4.KEY, SignatureV4.SECRET)
                    .build();
            server.start();
        } catch (Exception e) {
            throw new AssertionError("S3Proxy does not start", e);
        }
        StoreAddress address = StoreAddress.parse(address("", ""));
        try (Client client = Client.own(address, Stores.SHORT, Optional.of(FakeS3.credentials()))) {
            client.s3().createBucket(request -> request.bucket(FakeS3.BUCKET));
        }
    }

    URI address(String prefix, String settings) {
        return URI.create(
                "s3://" + FakeS3.BUCKET + "/" + prefix + "?endpoint=http://127.0.0.1:" + server.getPort() + settings);
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new AssertionError("S3Proxy does not stop", e);
        }
    }
}
