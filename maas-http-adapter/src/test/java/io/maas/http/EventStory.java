package io.maas.http;

import io.maas.model.TrustKey;
import io.maas.repository.ChangeOptions;
import io.maas.repository.CollectOptions;
import io.maas.repository.Governance;
import io.maas.repository.ModelRepository;
import io.maas.repository.Policy;
import java.io.IOException;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;

/** Whoever follows the log hears of all that happens, also of what is done elsewhere. */
final class EventStory {
    private final Asker admin;
    private final ModelRepository repository;

    EventStory(Asker admin) {
        this.admin = admin;
        this.repository = admin.server().platform.maas().repository();
    }

    void tell() throws IOException, InterruptedException {
        thingsHappenElsewhere();
        long head = repository.head();
        try (EventReader all = new EventReader(admin, "/api/v1/events?from=0")) {
            all.readThrough(head);
        }
        try (EventReader rest = new EventReader(admin, "/api/v1/events", "Last-Event-ID", Long.toString(head))) {
            rest.readThrough(head);
        }
    }

    private void thingsHappenElsewhere() {
        Governance governance = repository.governance();
        TrustKey key = key();
        governance.trust(key, ChangeOptions.defaults());
        governance.distrust(key.id(), ChangeOptions.defaults());
        repository.delete(admin.server().platform.register("old", "scale 99"), ChangeOptions.defaults());
        repository.maintenance().collect(CollectOptions.defaults());
        admin.server().platform.clock().advance(Duration.ofDays(2));
        repository.maintenance().collect(CollectOptions.defaults());
        governance.setPolicy(Policy.open(), ChangeOptions.defaults());
    }

    private static TrustKey key() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            return TrustKey.of("release", generator.generateKeyPair().getPublic());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
