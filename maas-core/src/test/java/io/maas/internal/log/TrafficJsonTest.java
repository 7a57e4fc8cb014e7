package io.maas.internal.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.Digest;
import io.maas.model.ModelName;
import io.maas.repository.Traffic;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrafficJsonTest {
    private static CommitRecord commit(Traffic traffic) {
        Op op = new Op.SetTraffic(ModelName.of("digits"), "production", "1", traffic);
        Change change = new Change("t", "i", "ada", Optional.empty(), List.of(op));
        return new CommitRecord(7, Digest.of(new byte[0]), Instant.EPOCH, 1, List.of(change));
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 0.1, 1e-300})
    void whatWasWrittenIsReadAgain(double fraction) {
        for (Traffic traffic : List.of(
                Traffic.none(),
                Traffic.none().shadow("3", fraction),
                Traffic.none().share("1", 2_147_483_646).share("2", 1).shadow("3", fraction))) {
            CommitRecord commit = commit(traffic);
            assertThat(CommitCodec.read(7, CommitCodec.write(commit))).isEqualTo(commit);
        }
    }

    @Test
    void theLogSaysItAsPeopleReadIt() {
        String json = new String(
                CommitCodec.write(
                        commit(Traffic.none().share("1", 95).share("2", 5).shadow("3", 0.25))),
                StandardCharsets.UTF_8);
        assertThat(json.replace('"', '\''))
                .contains("{'kind':'traffic','subject':'digits@production','payload':{'model':'digits',"
                        + "'alias':'production','shares':[{'version':'1','weight':95},{'version':'2','weight':5}],"
                        + "'shadow':{'version':'3','fraction':0.25}},'expect':'1'}");
    }

    @ParameterizedTest
    @CsvSource({
        "'\"weight\":95', '\"weight\":0'",
        "'\"weight\":95', '\"weight\":99999999999'",
        "'\"weight\":95', '\"weight\":2147483647'",
        "'\"weight\":95', '\"weight\":\"x\"'",
        "'\"version\":\"2\"', '\"version\":\"1\"'",
        "'\"version\":\"2\"', '\"version\":\"a b\"'",
        "'\"fraction\":0.25', '\"fraction\":0'",
        "'\"fraction\":0.25', '\"fraction\":2'",
        "'\"shares\"', '\"others\"'",
        "'\"expect\":\"1\"', '\"expected\":\"1\"'"
    })
    void whatCannotBeIsNoCommit(String wanted, String instead) {
        String json = new String(
                CommitCodec.write(
                        commit(Traffic.none().share("1", 95).share("2", 5).shadow("3", 0.25))),
                StandardCharsets.UTF_8);
        byte[] broken = json.replace(wanted, instead).getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> CommitCodec.read(7, broken))
                .isInstanceOfSatisfying(
                        InvalidInputException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BROKEN_CHAIN));
    }
}
