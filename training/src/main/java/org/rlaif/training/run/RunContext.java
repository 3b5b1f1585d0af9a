package org.rlaif.training.run;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.rlaif.kit.Example;
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
    Map<String, Path> served = new TreeMap<>();
    models.forEach((name, folder) -> served.put(run.served(name), folder));
    return servers.serve(served, () -> run.data().train().stream().map(Example::prompt).toList());
  }
}
