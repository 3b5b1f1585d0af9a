package org.rlaif.model;

import com.fasterxml.jackson.core.type.TypeReference;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Resources;
import org.rlaif.kit.UserError;

/**
 * A family of checkpoints: what Hugging Face calls its models and their tensors. How a member
 * computes is said by {@link DecoderConfig} alone; a new family is a line here, and one in {@link
 * ConfigJson} where its {@code config.json} has keys of its own.
 */
public enum Family {
  GPT2("gpt2", "GPT2", "gpt2"),
  GPT_NEOX("gpt_neox", "GPTNeoX", "gpt_neox"),
  LLAMA("llama", "Llama", "llama"),
  MISTRAL("mistral", "Mistral", "llama"),
  QWEN2("qwen2", "Qwen2", "llama"),
  QWEN3("qwen3", "Qwen3", "llama");

  /** How query, key and value are kept. */
  public enum Projections {
    /** In three matrices. */
    SEPARATE,
    /** In one: all queries, all keys, all values. */
    STACKED,
    /** In one: query, key and value of the first head, then those of the second, ... */
    PER_HEAD
  }

  /**
   * Names of tensors, less {@code .weight} and {@code .bias}.
   *
   * @param trunk what every name of the trunk begins with; some files leave it off
   * @param positions the table of learned positions; null: there is none
   * @param block followed by the number of the layer
   * @param projections query, key and value, or all in one
   * @param headNorms norms of each head's query and key
   * @param gate of a gated MLP
   * @param head of a language model, where it is not the embedding
   * @param inputsFirst matrices of blocks are (in, out), as Conv1D's, and not (out, in)
   */
  record Names(
      String trunk,
      String embedding,
      @Nullable String positions,
      String block,
      String attentionNorm,
      String mlpNorm,
      List<String> projections,
      Projections layout,
      List<String> headNorms,
      String attentionOutput,
      String gate,
      String up,
      String down,
      String finalNorm,
      String head,
      boolean inputsFirst) {
    /** By the model type of the family that had them first. */
    private static final Map<String, Names> ALL =
        Resources.json(Family.class, "tensor-names.json", new TypeReference<>() {});

    static Names of(String first) {
      return Objects.requireNonNull(ALL.get(first), first);
    }
  }

  private final String modelType;
  private final String className;

  @SuppressWarnings("ImmutableEnumChecker") // its lists are never changed
  private final Names names;

  Family(String modelType, String className, String names) {
    this.modelType = modelType;
    this.className = className;
    this.names = Names.of(names);
  }

  /** {@code model_type} in {@code config.json}. */
  public String modelType() {
    return modelType;
  }

  /** The family of a {@code model_type}; a {@link UserError} lists those that there are. */
  static Family of(String modelType) {
    return Arrays.stream(values())
        .filter(family -> family.modelType.equals(modelType))
        .findFirst()
        .orElseThrow(
            () ->
                UserError.expected(
                    "model_type",
                    modelType,
                    Arrays.stream(values())
                        .map(Family::modelType)
                        .collect(Collectors.joining(", "))));
  }

  /** What {@code architectures} holds for a language model. */
  String languageModel() {
    return className + (this == GPT2 ? "LMHeadModel" : "ForCausalLM");
  }

  /** What {@code architectures} holds for a model that scores. */
  String sequenceClassifier() {
    return className + "ForSequenceClassification";
  }

  Names names() {
    return names;
  }
}
