import org.jspecify.annotations.NullMarked;

/** Keeps models and their history in an S3 bucket that any number of hosts may share. */
@NullMarked
@SuppressWarnings("module") // the name ends in a digit because the service's does
module io.maas.store.s3 {
    requires static org.jspecify;
    requires transitive io.maas;
    requires org.slf4j;
    requires software.amazon.awssdk.auth;
    requires software.amazon.awssdk.awscore;
    requires software.amazon.awssdk.core;
    requires software.amazon.awssdk.http;
    requires software.amazon.awssdk.http.urlconnection;
    requires software.amazon.awssdk.regions;
    requires software.amazon.awssdk.retries;
    requires software.amazon.awssdk.retries.api;
    requires transitive software.amazon.awssdk.services.s3;
    requires software.amazon.awssdk.utils;

    exports io.maas.store.s3;

    provides io.maas.spi.StoreProvider with
            io.maas.store.s3.S3StoreProvider;
}
