package io.maas.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.MaasException;
import io.maas.model.Names;
import io.maas.spi.ObjectStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The part of {@link ObjectStoreContract} that is about keys: which there are, and how they are listed. */
abstract class KeyContract {
    @SuppressWarnings("NullAway.Init") // opened before each test
    ObjectStore store;

    abstract ObjectStore open();

    @BeforeEach
    final void openStore() {
        store = open();
    }

    @AfterEach
    final void closeStore() {
        store.close();
    }

    @Test
    void listsKeysInTheOrderOfTheirBytes() {
        // '-' and '.' come before '/', digits and letters after it, upper case before lower case
        List<String> ordered = List.of("a-b", "a.b", "a/b", "a/c-d", "a/c/d", "a/c0", "a0", "aB", "a_b", "aa");
        ordered.stream()
                .sorted((x, y) -> Integer.compare(x.hashCode(), y.hashCode()))
                .forEach(this::create);

        assertThat(store.list("", "", 100)).containsExactlyElementsOf(ordered);
    }

    @Test
    void listsOnlyKeysWithThePrefix() {
        Stream.of("log/1", "log/12", "log/2", "logs/1", "lo", "log-1").forEach(this::create);

        assertThat(store.list("log/", "", 10)).containsExactly("log/1", "log/12", "log/2");
        assertThat(store.list("log/1", "", 10)).containsExactly("log/1", "log/12");
        assertThat(store.list("log", "", 10)).containsExactly("log-1", "log/1", "log/12", "log/2", "logs/1");
        assertThat(store.list("lo", "", 1)).containsExactly("lo");
        assertThat(store.list("log/3", "", 10)).isEmpty();
    }

    @Test
    void listsWhatComesAfterAKey() {
        Stream.of("a-b", "a/b", "a/c", "a/c-d", "b/a").forEach(this::create);

        assertThat(store.list("", "a/b", 10)).containsExactly("a/c", "a/c-d", "b/a");
        assertThat(store.list("a/", "a/c", 10)).containsExactly("a/c-d");
        assertThat(store.list("a/", "a-b", 10)).containsExactly("a/b", "a/c", "a/c-d");
        assertThat(store.list("a/", "a/bb", 10))
                .as("after a key that is not there")
                .containsExactly("a/c", "a/c-d");
        assertThat(store.list("a/", "b", 10)).isEmpty();
        assertThat(store.list("b", "a", 10)).containsExactly("b/a");
    }

    @Test
    void listsEveryKeyOnceInPagesOfAnySize() {
        List<String> keys = IntStream.range(0, 120)
                .mapToObj(i -> "p" + i % 7 + (i % 3 == 0 ? "-" : "/") + i)
                .sorted()
                .toList();
        keys.forEach(this::create);

        for (int limit : List.of(1, 7, 120, 1000)) {
            List<String> paged = new ArrayList<>();
            List<String> page = store.list("p", "", limit);
            while (!page.isEmpty()) {
                assertThat(page).hasSizeLessThanOrEqualTo(limit);
                paged.addAll(page);
                page = store.list("p", page.get(page.size() - 1), limit);
            }
            assertThat(paged).as("pages of " + limit).containsExactlyElementsOf(keys);
        }
    }

    @Test
    void refusesALimitBelowOne() {
        assertThatThrownBy(() -> store.list("", "", 0)).isInstanceOf(InvalidInputException.class);
    }

    @TestFactory
    Stream<DynamicTest> refusesMalformedKeys() {
        Stream<String> keys = Stream.of(
                "",
                "/",
                "/a",
                "a/",
                "a//b",
                ".",
                "..",
                "a/.",
                "../a",
                "a/../b",
                ".hidden",
                "a/.hidden",
                "a b",
                "a\\b",
                "C:a",
                "ä",
                "a\nb",
                "a\0b",
                "a%2fb",
                "x".repeat(201),
                "1/2/3/4/5/6/7/8/9");
        return keys.map(key -> DynamicTest.dynamicTest("'" + Names.shown(key) + "'", () -> {
            refusesName(() -> store.createIfAbsent(key, Contents.of("x")));
            refusesName(() -> store.put(key, new byte[1]));
            refusesName(() -> store.get(key));
            refusesName(() -> store.open(key, 0));
            refusesName(() -> store.delete(key));
            assertThat(store.list("", "", 10)).isEmpty();
        }));
    }

    @Test
    void refusesAPrefixThatNoKeyStartsWith() {
        for (String prefix : List.of("..", "../", "/", "a//", ".tmp", "a/.", "a b", "1/2/3/4/5/6/7/8/")) {
            refusesName(() -> store.list(prefix, "", 10));
        }
        refusesName(() -> store.list("", "../a", 10));
    }

    @Test
    void takesTheLongestKey() {
        String part = "x".repeat(200);
        String longest = String.join("/", part, part, part, part, part);

        create(longest);

        assertThat(store.list("", "", 10)).containsExactly(longest);
    }

    static void refusesName(ThrowingCallable use) {
        MaasException refusal = failure(use);
        assertThat(refusal).isInstanceOf(InvalidInputException.class);
        assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_NAME);
    }

    static MaasException failure(ThrowingCallable use) {
        MaasException failure = catchThrowableOfType(MaasException.class, use);
        assertThat(failure).as("a typed error").isNotNull();
        return failure;
    }

    Optional<String> text(String key) {
        return store.get(key).map(bytes -> new String(bytes, UTF_8));
    }

    void create(String key) {
        assertThat(store.createIfAbsent(key, Contents.of(key)))
                .as("created " + key)
                .isTrue();
    }
}
