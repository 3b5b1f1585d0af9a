package org.rlaif.model;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.UserError;

/**
 * A family of checkpoints: what Hugging Face calls its models and their tensors. How a member
 * computes is said by {@link DecoderConfig} alone; a new family is a line here, and one in {@link
 * ConfigJson} where its {@code config.json} has keys of its own.
 */
public enum Family {
  GPT2("gpt2", "GPT2", Names.GPT2),
  GPT_NEOX("gpt_neox", "GPTNeoX", Names.GPT_NEOX),
  LLAMA("llama", "Llama", Names.LLAMA),
  MISTRAL("mistral", "Mistral", Names.LLAMA),
  QWEN2("qwen2", "Qwen2", Names.LLAMA),
  QWEN3("qwen3", "Qwen3", Names.LLAMA);

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
    static final Names GPT2 =
        new Names(
            "transformer.",
            "transformer.wte",
            "transformer.wpe",
            "transformer.h.",
            "ln_1",
            "ln_2",
            List.of("attn.c_attn"),
            Projections.STACKED,
            List.of(),
            "attn.c_proj",
            "",
            "mlp.c_fc",
            "mlp.c_proj",
            "transformer.ln_f",
            "lm_head",
            true);

    static final Names GPT_NEOX =
        new Names(
            "gpt_neox.",
            "gpt_neox.embed_in",
            null,
            "gpt_neox.layers.",
            "input_layernorm",
            "post_attention_layernorm",
            List.of("attention.query_key_value"),
            Projections.PER_HEAD,
            List.of(),
            "attention.dense",
            "",
            "mlp.dense_h_to_4h",
            "mlp.dense_4h_to_h",
            "gpt_neox.final_layer_norm",
            "embed_out",
            false);

    static final Names LLAMA =
        new Names(
            "model.",
            "model.embed_tokens",
            null,
            "model.layers.",
            "input_layernorm",
            "post_attention_layernorm",
            List.of("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
            Projections.SEPARATE,
            List.of("self_attn.q_norm", "self_attn.k_norm"),
            "self_attn.o_proj",
            "mlp.gate_proj",
            "mlp.up_proj",
            "mlp.down_proj",
            "model.norm",
            "lm_head",
            false);
  }

  private final String modelType;
  private final String className;

  @SuppressWarnings("ImmutableEnumChecker") // its lists are never changed
  private final Names names;

  Family(String modelType, String className, Names names) {
    this.modelType = modelType;
    this.className = className;
    this.names = names;
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
