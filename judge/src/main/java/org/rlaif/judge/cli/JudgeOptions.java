package org.rlaif.judge.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.rlaif.judge.Judge;
import org.rlaif.judge.JudgeConfig;
import org.rlaif.judge.revision.Reviser;
import org.rlaif.kit.Bootstrap;
import org.rlaif.kit.Json;
import picocli.CommandLine.Option;

/** Which judge: a file, settings, and short names for the settings that are used most. */
public final class JudgeOptions {
  private static final int RESAMPLES = 1000;

  @Option(
      names = "--judge",
      paramLabel = "FILE",
      description = "A judge's configuration (YAML): the differences from the defaults.")
  private @Nullable Path file;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "A setting of it, such as endpoint.concurrency=4. Can be repeated; wins.")
  private List<String> settings = new ArrayList<>();

  @Option(
      names = "--kind",
      completionCandidates = Kinds.class,
      description = "Who answers: ${COMPLETION-CANDIDATES}. Default: the configuration's, rubric.")
  private @Nullable String kind;

  @Option(names = "--rubric", description = "general (the default), tldr, or a YAML file.")
  private @Nullable String rubric;

  @Option(
      names = "--constitution",
      description = "kinds model, endpoint: harmless, or a YAML file; draws a principle each time.")
  private @Nullable String constitution;

  @Option(
      names = "--noise",
      description = "kind rubric: noise on a difference of scores. Default: 0.")
  private @Nullable Double noise;

  @Option(
      names = "--position-bias",
      description = "kind rubric: added for standing first. Default: 0.")
  private @Nullable Double positionBias;

  @Option(names = "--temperature", description = "kind rubric: the difference worth one logit.")
  private @Nullable Double temperature;

  @Option(names = "--address", description = "kind model: host:port of the server.")
  private @Nullable String address;

  @Option(
      names = "--model",
      description = "kind model: its name on that server; kind endpoint: its name there.")
  private @Nullable String model;

  @Option(names = "--url", description = "kind endpoint: base URL, such as http://host:8000/v1.")
  private @Nullable String url;

  @Option(
      names = "--key-variable",
      description = "kind endpoint: the environment variable that holds the API key.")
  private @Nullable String keyVariable;

  @Option(
      names = "--seed",
      description =
          "Of the noise, of what is drawn again and of shuffled orders. Default: ${DEFAULT-VALUE}.")
  private long seed = 1;

  @Option(
      names = "--answers",
      paramLabel = "FILE",
      description = {
        "kind endpoint: where its answers are kept, each before it counts; what is in there is not",
        "asked for again. Default: FILE.answers beside the file that is",
        "written (label), or beside POLICY (compare)."
      })
  private @Nullable Path answers;

  /**
   * Opens the judge.
   *
   * @param results the file next to which an endpoint's answers are kept
   */
  public Judge open(Path results) {
    return config().open(seed, /* ownServer= */ null, kept(results));
  }

  /** The same, as what revises. */
  Reviser reviser(Path results) {
    return Reviser.open(config(), seed, kept(results));
  }

  private Path kept(Path results) {
    return answers == null ? results.resolveSibling(results.getFileName() + ".answers") : answers;
  }

  /** Of a rubric's noise, or of what is drawn. */
  long seed() {
    return seed;
  }

  /** How the judge is set. */
  public JudgeConfig config() {
    List<String> all = new ArrayList<>();
    add(all, "kind", kind == null ? null : kind.toLowerCase(Locale.ROOT));
    add(all, "rubric", rubric);
    add(all, "constitution", constitution);
    add(all, "noise", noise);
    add(all, "positionBias", positionBias);
    add(all, "temperature", temperature);
    add(all, "address", address);
    add(all, "model", model);
    add(all, "endpoint.model", model);
    add(all, "endpoint.url", url);
    add(all, "endpoint.keyVariable", keyVariable);
    all.addAll(settings);
    return JudgeConfig.load(file, all);
  }

  /** Enough for an interval at 95 %, with the seed. */
  Bootstrap bootstrap() {
    return new Bootstrap(RESAMPLES, seed);
  }

  private static void add(List<String> settings, String key, @Nullable Object value) {
    if (value == null) {
      return;
    }
    try {
      // As JSON, which is YAML too: text stays text, whatever it looks like.
      settings.add(key + "=" + Json.MAPPER.writeValueAsString(value));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(key, e);
    }
  }

  /** The kinds that there are. */
  private static final class Kinds implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return JudgeConfig.kindNames().iterator();
    }
  }
}
