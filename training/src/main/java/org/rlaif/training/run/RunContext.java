package org.rlaif.training.run;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Example;
import org.rlaif.model.onnx.Precision;
import org.rlaif.torch.Device;
import org.rlaif.training.checkpoint.Checkpoints;

/**
 * What a stage works with beside its settings.
 *
 * @param device where gradients are computed
 * @param checkpoints of the stage that works
 */
public record RunContext(Run run, Servers servers, Device device, Checkpoints checkpoints) {

  /** Before any stage works. */
  public RunContext(Run run, Servers servers, Device device) {
    this(run, servers, device, Checkpoints.none());
  }

  /** The same for a stage that saves itself otherwise. */
  public RunContext with(Checkpoints other) {
    return new RunContext(run, servers, device, other);
  }

  /**
   * Serves model folders; close what is returned.
   *
   * @param models by the names that {@link Run#served} makes this run's own
   */
  public Servers.Serving serve(Map<String, Path> models) {
    return serve(models, /* weights= */ null);
  }

  /**
   * The same.
   *
   * @param weights of the policies among them; null: as the server has them
   */
  public Servers.Serving serve(Map<String, Path> models, @Nullable Precision weights) {
    Map<String, Path> served = new TreeMap<>();
    models.forEach((name, folder) -> served.put(run.served(name), folder));
    return servers.serve(
        served, weights, () -> run.data().train().stream().map(Example::prompt).toList());
  }
}
