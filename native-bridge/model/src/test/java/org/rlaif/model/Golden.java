package org.rlaif.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.rlaif.kit.Json;

/**
 * Two tiny models as Hugging Face transformers saved them, and what transformers computes with them
 * in float64; {@code golden/make_golden.py} made them. For the tests of every room.
 */
@SuppressWarnings("ArrayRecordComponent") // plain numbers, never compared as records
public final class Golden {
  /**
   * One sequence.
   *
   * @param tokens T ids that begin with the beginning token
   * @param score the reward model's score at the last token
   * @param logprobs the policy's log-probabilities, once per temperature
   */
  public record Case(int[] tokens, double score, List<Logprobs> logprobs) {}

  /**
   * Log-probabilities of the policy.
   *
   * @param chosen (T - 1) of tokens 1 to T - 1, each given what stands before it
   * @param last (V) over the vocabulary, after the last token
   */
  public record Logprobs(double temperature, double[] chosen, double[] last) {}

  public record Trained(
      List<String> texts,
      List<String> vocabulary,
      List<String> merges,
      List<String> probes,
      List<int[]> ids) {}

  private static final List<String> FILES =
      List.of("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json");

  private Golden() {}

  /** Unpacks the policy, a language model, into a new folder inside the given one. */
  public static Path policy(Path parent) {
    return unpack("policy", parent.resolve("policy"), FILES);
  }

  /** Unpacks the reward model, with a score head, into a new folder inside the given one. */
  public static Path reward(Path parent) {
    return unpack("reward", parent.resolve("reward"), FILES);
  }

  /** Four sequences of different lengths; the shortest is a single token. */
  public static List<Case> cases() {
    return List.of(read("expected.json", Case[].class));
  }

  /** A golden file or folder where the build put it, to be read only. */
  public static Path path(String name) {
    try {
      return Path.of(Golden.class.getResource("golden/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  public static Trained trained() {
    return read("trained.json", Trained.class);
  }

  /** A folder with a tokenizer in the style of a family of models; see make_chat_golden.py. */
  public static Path chatFolder(String family) {
    try {
      return Path.of(
          Objects.requireNonNull(Golden.class.getResource("golden/chat/" + family)).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What Hugging Face's libraries make of texts and conversations with that tokenizer. */
  public static JsonNode chat(String family) {
    return read("chat/" + family + "/expected.json", JsonNode.class);
  }

  /** Prompts and completions in tokens of that family; see make_border_golden.py. */
  public static JsonNode borders(String family) {
    return read("chat/borders.json", JsonNode.class).path(family);
  }

  private static <T> T read(String name, Class<T> type) {
    try (InputStream in = resource(name)) {
      return Json.MAPPER.readValue(in, type);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Unpacks a tokenizer in the style of a family of models, with its chat template if it has one;
   * see make_chat_golden.py.
   */
  public static Path tokenizer(String family, Path parent) {
    List<String> files =
        Stream.of(
                "tokenizer.json",
                "tokenizer_config.json",
                "generation_config.json",
                "chat_template.jinja")
            .filter(file -> Golden.class.getResource("golden/chat/" + family + "/" + file) != null)
            .toList();
    return unpack("chat/" + family, parent.resolve(family), files);
  }

  private static Path unpack(String name, Path folder, List<String> files) {
    try {
      Files.createDirectory(folder);
      for (String file : files) {
        try (InputStream in = resource(name + "/" + file)) {
          Files.copy(in, folder.resolve(file));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return folder;
  }

  private static InputStream resource(String name) {
    InputStream in = Golden.class.getResourceAsStream("golden/" + name);
    if (in == null) {
      throw new IllegalStateException("no resource golden/" + name);
    }
    return in;
  }
}
