package org.rlaif.training.run;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.rlaif.client.RlaifClient;
import org.rlaif.kit.Prompt;
import org.rlaif.model.onnx.Precision;

/** Serves models: in this process, or on a server elsewhere. Stages see the client only. */
@FunctionalInterface
public interface Servers {
  /**
   * Starts serving model folders under the given names.
   *
   * @param weights of the policies among them; null: as the server has them
   * @param prompts like those that the models will be asked; whoever serves quantised wants some
   * @return to be closed when they are needed no longer
   */
  Serving serve(
      Map<String, Path> models, @Nullable Precision weights, Supplier<List<Prompt>> prompts);

  /**
   * Models that are being served.
   *
   * @param clients others of the same server, by their time limit, for whoever closes them
   * @param end ends the serving, and the client
   */
  record Serving(RlaifClient client, Function<Duration, RlaifClient> clients, Runnable end)
      implements AutoCloseable {
    @Override
    public void close() {
      end.run();
    }
  }
}
