package org.rlaif.training.verification;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.rlaif.kit.StageFiles;
import org.rlaif.kit.UserError;
import org.rlaif.training.run.Pipeline;
import org.rlaif.training.run.Run;
import org.rlaif.training.run.RunContext;
import org.rlaif.training.run.RunFolder;
import org.rlaif.training.run.Stage;
import org.rlaif.training.run.StageRecord;

/**
 * Every stage has finished with the run's settings, and its files are those that it has left.
 *
 * @param stages of the run
 */
record FilesClaim(List<Stage<?>> stages) implements Claim {
  @Override
  public String name() {
    return "files";
  }

  @Override
  public String verify(RunContext context, Sample sample) {
    Run run = context.run();
    RunFolder folder = run.folder();
    Pipeline pipeline = new Pipeline(run, stages);
    List<String> unsealed = new ArrayList<>();
    int looked = 0;
    int files = 0;
    for (Stage<?> stage : stages) {
      if (stage.isRedrawn()) {
        continue;
      }
      String name = stage.name();
      StageRecord record =
          folder
              .finished(name)
              .orElseThrow(
                  () ->
                      UserError.expected(
                          folder.stage(name).toString(), "not finished", "a finished run"));
      folder.requireUndamaged(List.of(name));
      UserError.require(
          pipeline.hasCurrentFingerprint(stage),
          folder.stage(name).resolve(StageFiles.RECORD) + ", fingerprint",
          record.fingerprint(),
          "that of the settings in config.yaml, of what they name, and of this version of rlaif");
      Map<String, StageFiles.Stored> left = record.files();
      if (left == null) {
        unsealed.add(name);
      } else {
        looked++;
        files += left.size();
      }
    }
    return "%d files of %d stages have their hashes, and the settings theirs%s"
        .formatted(
            files,
            looked,
            unsealed.isEmpty()
                ? ""
                : "; " + String.join(", ", unsealed) + ": none noted, by an older version");
  }
}
