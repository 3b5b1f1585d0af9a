package org.rlaif.training.stages;

import java.nio.file.Path;
import java.util.List;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.model.ModelFolder;
import org.rlaif.training.config.ModelConfig;
import org.rlaif.training.config.RunConfig;

/** Of models that were there before the run, what decides its results. */
final class Beginning {
  private Beginning() {}

  /** What of the model to begin with decides the result of whoever trains it. */
  static List<Object> settings(RunConfig run) {
    ModelConfig model = run.model();
    String weights = model.folder().isEmpty() ? "" : content(model.path());
    return List.of(model, weights, run.data().tooLong(), run.data().bytesPerToken());
  }

  /** Of a model's folder. */
  static String content(Path model) {
    return ModelFolder.files(model).stream().map(AtomicFiles::sha256).toList().toString();
  }
}
