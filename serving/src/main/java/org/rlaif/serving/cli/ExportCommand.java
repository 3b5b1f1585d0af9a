package org.rlaif.serving.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Progress;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.hub.Hub;
import org.rlaif.model.onnx.OnnxExport;
import org.rlaif.serving.grpc.RlaifServer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes a model for other people's tools. */
@Command(
    name = "export",
    description = {
      "Writes a policy or a reward model as an ONNX file that other programs run: operators of the"
          + " standard alone, weights in fp32 inside (or in a file beside it, if larger than 1.5"
          + " GB), inputs and outputs named as in Hugging Face's exports. Configuration, tokenizer"
          + " and chat template lie beside it. The server here needs none of it.",
      "A policy takes input_ids, attention_mask, position_ids and past_key_values.N.key, .value"
          + " (empty at first), and gives logits and present.N.key, .value. A reward model takes"
          + " input_ids and attention_mask of prompt, completion and an end token, and gives a"
          + " row's raw score as logits; (logits - score_mean) / score_standard_deviation, both in"
          + " the file's metadata, is what rlaif score says. Rows may be padded on either side.",
      "An adapter is merged with its base."
    },
    mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli fills the fields
public final class ExportCommand implements Callable<Integer> {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "FOLDER",
      description = {
        "A model folder, such as RUN/ppo/model or RUN/reward/model, an adapter's, or a model's name"
            + " on",
        "the Hugging Face hub."
      })
  private String model;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FOLDER",
      description = "Where to write: a new or an empty folder.")
  private Path out;

  @Option(
      names = "--weights-version",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Written into the file's metadata: which version these weights are (default:"
              + " ${DEFAULT-VALUE}).")
  private long weightsVersion;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Head head;
    try (ModelFolder folder = ModelFolder.open(Hub.of(System.getenv()).resolve(model));
        var steps = new Steps(OnnxExport.byteCount(folder.config()))) {
      head = folder.config().head();
      OnnxExport.write(folder, out, weightsVersion, RlaifServer.version(), steps::add);
    }
    PrintWriter print = spec.commandLine().getOut();
    Stream.of(Objects.requireNonNull(out.toFile().listFiles()))
        .sorted()
        .forEach(file -> print.printf(Locale.ROOT, "%10.1f MB  %s%n", file.length() / 1e6, file));
    print.println(
        head == Head.SCORE
            ? "A reward model: logits are raw scores, (batch, 1); the file's metadata say how they"
                + " become those of rlaif score."
            : "A policy: logits, (batch, tokens, vocabulary), and its cache.");
    print.flush();
    return 0;
  }

  /** Shows bytes as megabytes, from the first ones on: what cannot be exported shows nothing. */
  private static final class Steps implements AutoCloseable {
    private static final long MEGABYTE = 1_000_000;

    private final long total;
    private long bytes;
    private @Nullable Progress progress;

    Steps(long total) {
      this.total = total;
    }

    void add(long more) {
      if (progress == null) {
        progress = Progress.start("export", megabytes(total), "MB");
      }
      progress.step(megabytes(bytes + more) - megabytes(bytes));
      bytes += more;
    }

    private static long megabytes(long bytes) {
      return (bytes + MEGABYTE - 1) / MEGABYTE;
    }

    @Override
    public void close() {
      if (progress != null) {
        progress.close();
      }
    }
  }
}
