package io.maas.repository;

import io.maas.model.ModelName;
import java.util.List;
import java.util.Map;

/**
 * What was retired, or would be.
 *
 * @param mode whether it was done
 * @param retired the versions that are deleted now, model by model; their files go when garbage is collected
 * @param commits the changes, one for each model; none in a dry run
 * @param held the models that keep versions only because they are on hold, and who put them there
 */
public record RetentionReport(
        Maintenance.Mode mode, List<ModelVersion> retired, List<Commit> commits, Map<ModelName, Commit> held) {
    /** Copies the collections. */
    public RetentionReport {
        retired = List.copyOf(retired);
        commits = List.copyOf(commits);
        held = Map.copyOf(held);
    }
}
