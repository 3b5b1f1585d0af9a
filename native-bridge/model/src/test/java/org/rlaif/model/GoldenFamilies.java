package org.rlaif.model;

import com.fasterxml.jackson.core.type.TypeReference;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.rlaif.kit.Json;
import org.rlaif.kit.Message;

/**
 * One tiny model per decoder family and variation as Hugging Face transformers saved it, and what
 * transformers computes with it in float64; {@code golden/families/make_families.py} made them. And
 * LoRA adapters on top of some of them, by {@code make_lora.py} beside it. For the tests of every
 * room.
 *
 * <p>Names that end in {@code _score} are models with a score head, all others are language models.
 * A name that ends in {@code _old} is the case without this ending as its family was first
 * published: in the words of an older configuration, for some with tensors that no network needs.
 */
@SuppressWarnings("ArrayRecordComponent") // plain numbers, never compared as records
public final class GoldenFamilies {
  /**
   * One sequence.
   *
   * @param tokens T ids that begin with the beginning token
   * @param chosen (T - 1) log-probabilities of tokens 1 to T - 1, each given what stands before it;
   *     empty for a score model
   * @param last (V) log-probabilities over the vocabulary after the last token; empty for a score
   *     model
   * @param score the score at the last token; 0 for a language model
   */
  public record Case(int[] tokens, double[] chosen, double[] last, double score) {}

  /**
   * Three steps of AdamW (learning rate 0.01, no weight decay) from the adapter {@code lora_llama3}
   * on the mean negative log-probability of the 19 tokens that its first two cases predict.
   *
   * @param losses before each step
   * @param gradients of the first step; per tensor of the adapter's file the Euclidean norm
   * @param trained the norm of each tensor after the last step
   */
  public record Training(
      double[] losses, Map<String, Double> gradients, Map<String, Double> trained) {}

  /**
   * What TRL's supervised fine-tuning learns of conversations in the template of our own
   * tokenizers; {@code make_conversations.py} asked it.
   *
   * @param loss under smollm: mean negative log-probability of the tokens in all masks
   */
  public record Conversations(List<Conversation> conversations, double loss) {}

  /**
   * One of them.
   *
   * @param mask 1 on the ids that count
   */
  public record Conversation(List<Message> messages, int[] ids, int[] mask) {}

  /** Per case the files of its folder, each with the resource that it is made of. */
  private static final TreeMap<String, Map<String, String>> INDEX =
      read("index.json", new TypeReference<>() {});

  private static final TreeMap<String, Map<String, String>> ADAPTERS =
      read("adapters.json", new TypeReference<>() {});

  private static final String EXPECTED = "expected.json";

  private GoldenFamilies() {}

  /** All models, in alphabetical order. */
  public static List<String> names() {
    return List.copyOf(INDEX.keySet());
  }

  /**
   * All adapters of language models; {@code base_model_name_or_path} of their configuration names
   * their model.
   */
  public static List<String> adapters() {
    return ADAPTERS.keySet().stream().filter(name -> !name.endsWith("_score")).toList();
  }

  /** All that make a language model a reward model. */
  public static List<String> scoreAdapters() {
    return ADAPTERS.keySet().stream().filter(name -> name.endsWith("_score")).toList();
  }

  /**
   * Unpacks a model, complete with its tokenizer, or an adapter into a new folder of its name
   * inside the given one.
   */
  public static Path unpack(String name, Path parent) {
    Path folder = parent.resolve(name);
    try {
      Files.createDirectory(folder);
      for (var file : files(name).entrySet()) {
        if (!file.getKey().equals(EXPECTED)) {
          try (InputStream in = resource(file.getValue())) {
            Files.copy(in, folder.resolve(file.getKey()));
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return folder;
  }

  /**
   * Four sequences of different lengths, 1 to 40, under a model or under an adapter's model with
   * the adapter; the shortest is a single token.
   */
  public static List<Case> cases(String name) {
    return read(files(name).get(EXPECTED), new TypeReference<>() {});
  }

  public static Training training() {
    return read("lora_llama3/training.json", new TypeReference<>() {});
  }

  public static Conversations conversations() {
    return read("conversations.json", new TypeReference<>() {});
  }

  private static Map<String, String> files(String name) {
    Map<String, String> files = INDEX.containsKey(name) ? INDEX.get(name) : ADAPTERS.get(name);
    if (files == null) {
      throw new IllegalArgumentException(
          name + " (expected: one of " + names() + " or " + adapters() + ")");
    }
    return files;
  }

  private static <T> T read(String name, TypeReference<T> type) {
    try (InputStream in = resource(name)) {
      return Json.MAPPER.readValue(in, type);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream resource(String name) throws IOException {
    InputStream in = GoldenFamilies.class.getResourceAsStream("golden/families/" + name);
    if (in == null) {
      throw new IllegalStateException("no resource golden/families/" + name);
    }
    return name.endsWith(".gz") ? new GZIPInputStream(in) : in;
  }
}
