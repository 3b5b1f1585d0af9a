package org.rlaif.model;

import static org.rlaif.model.DecoderConfig.NO_PADDING;

import com.fasterxml.jackson.databind.JsonNode;
import org.rlaif.kit.UserError;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.Mlp.Activation;

/**
 * Reads Hugging Face's {@code config.json}. A key that is neither read here nor {@link InertKeys
 * known to change nothing} is refused by its name.
 */
final class ConfigJson {
  static final String FILE = "config.json";
  static final String SCORE_MEAN = "rlaif_score_mean";
  static final String SCORE_STANDARD_DEVIATION = "rlaif_score_standard_deviation";

  /** Which token a score is read at: {@link #LAST} or {@link #LAST_BUT_PADDING}. */
  static final String SCORE_TOKEN = "rlaif_score_token";

  static final String LAST = "last";
  static final String LAST_BUT_PADDING = "last_but_padding";
  static final String PADDING = "pad_token_id";
  static final String TIED = "tie_word_embeddings";

  private ConfigJson() {}

  static DecoderConfig decoder(JsonNode json) {
    var fields = new ConfigFields("", json);
    Family family = Family.of(fields.get("model_type").asText("null"));
    Head head = head(fields, family);
    fields.mustBe("add_cross_attention", false);
    fields.mustBe("is_encoder_decoder", false);
    int padding = scorePadding(json);
    DecoderConfig config =
        switch (family) {
          case GPT2 -> gpt2(fields, head, padding);
          case GPT_NEOX -> gptNeox(fields, head, padding);
          case LLAMA, MISTRAL, QWEN2, QWEN3 -> llama(fields, family, head, padding);
        };
    fields.refuseOthers(InertKeys::isOne);
    return config;
  }

  /**
   * The token that a score is not read at. Hugging Face's models with a score head take a trailing
   * {@code pad_token_id} for padding, whatever else it is; models that were trained here are read
   * at the last token, and say so, or are so old that they say their mean alone.
   */
  static int scorePadding(JsonNode json) {
    var fields = new ConfigFields("", json);
    String token = fields.oneOf(SCORE_TOKEN, LAST, LAST_BUT_PADDING);
    boolean last = fields.has(SCORE_TOKEN) ? token.equals(LAST) : fields.has(SCORE_MEAN);
    return last ? NO_PADDING : fields.integer(PADDING, NO_PADDING);
  }

  private static DecoderConfig gpt2(ConfigFields fields, Head head, int padding) {
    fields.mustBe("scale_attn_weights", true);
    fields.mustBe("scale_attn_by_inverse_layer_idx", false);
    Activation activation = gelu(fields, "activation_function", "gelu_new");
    int width = fields.integer("n_embd");
    DecoderConfig config =
        DecoderConfig.gpt2(
            fields.integer("vocab_size"),
            fields.integer("n_positions"),
            width,
            fields.integer("n_layer"),
            fields.integer("n_head"),
            fields.integer("n_inner", (int) Math.min(4L * width, Integer.MAX_VALUE)));
    double epsilon = fields.number("layer_norm_epsilon", 1e-5);
    var mlp = new Mlp(config.mlp().width(), activation, false, true);
    return config.with(
        config.contextLength(), epsilon, mlp, fields.flag(TIED, true), head, padding);
  }

  /** GELU, or its tanh form, which has two names. */
  private static Activation gelu(ConfigFields fields, String key, String otherwise) {
    String name = fields.get(key).asText(otherwise);
    return switch (name) {
      case "gelu" -> Activation.GELU;
      case "gelu_new", "gelu_pytorch_tanh" -> Activation.GELU_TANH;
      default -> throw UserError.expected(key, name, "gelu, gelu_new or gelu_pytorch_tanh");
    };
  }

  private static DecoderConfig gptNeox(ConfigFields fields, Head head, int padding) {
    int heads = fields.integer("num_attention_heads");
    int width = fields.integer("hidden_size");
    int headWidth = headWidth(fields, width, heads);
    Activation activation = gelu(fields, "hidden_act", "gelu");
    boolean bias = fields.flag("attention_bias", true);
    return new DecoderConfig(
        Family.GPT_NEOX,
        fields.integer("vocab_size"),
        RotaryJson.context(fields),
        width,
        fields.integer("num_hidden_layers"),
        Norm.Kind.LAYER,
        fields.number("layer_norm_eps", 1e-5),
        new Attention(heads, heads, headWidth, bias, bias, false, 0),
        RotaryJson.ofNeox(fields, headWidth),
        new Mlp(fields.integer("intermediate_size"), activation, false, true),
        fields.flag("use_parallel_residual", true),
        fields.flag(TIED, false),
        head,
        padding,
        /* scores= */ 1);
  }

  private static DecoderConfig llama(ConfigFields fields, Family family, Head head, int padding) {
    fields.oneOf("hidden_act", "silu", "swish");
    int heads = fields.integer("num_attention_heads");
    int width = fields.integer("hidden_size");
    int headWidth =
        family == Family.QWEN3 && !fields.has("head_dim") ? 128 : headWidth(fields, width, heads);
    boolean bias = family == Family.QWEN2 || fields.flag("attention_bias", false);
    return new DecoderConfig(
        family,
        fields.integer("vocab_size"),
        RotaryJson.context(fields),
        width,
        fields.integer("num_hidden_layers"),
        Norm.Kind.ROOT_MEAN_SQUARE,
        fields.number("rms_norm_eps", 1e-6),
        new Attention(
            heads,
            fields.integer("num_key_value_heads", heads),
            headWidth,
            bias,
            bias && family != Family.QWEN2,
            family == Family.QWEN3,
            window(fields, family)),
        RotaryJson.ofWholeHeads(fields, headWidth),
        new Mlp(
            fields.integer("intermediate_size"),
            Activation.SILU,
            true,
            family == Family.LLAMA && fields.flag("mlp_bias", false)),
        /* parallel= */ false,
        fields.flag(TIED, false),
        head,
        padding,
        /* scores= */ 1);
  }

  /** Tokens that a token sees, or 0 for all. */
  private static int window(ConfigFields fields, Family family) {
    if (family != Family.MISTRAL) {
      // Qwen's windows differ from layer to layer; without the switch the key means nothing.
      fields.mustBe("use_sliding_window", false);
      fields.get("sliding_window");
    }
    String kind = family == Family.MISTRAL && fields.has("sliding_window") ? "sliding" : "full";
    for (JsonNode layer : fields.get("layer_types")) {
      if (!layer.asText().equals(kind + "_attention")) {
        throw fields.wrong("layer_types", "\"" + kind + "_attention\" only");
      }
    }
    return kind.equals("sliding") ? fields.integer("sliding_window") : 0;
  }

  private static int headWidth(ConfigFields fields, int width, int heads) {
    if (fields.has("head_dim")) {
      return fields.integer("head_dim");
    }
    UserError.require(
        heads > 0 && width % heads == 0,
        "hidden_size",
        width,
        "a multiple of num_attention_heads, " + heads);
    return width / heads;
  }

  static ScoreScale scoreScale(JsonNode json) {
    return new ScoreScale(
        json.path(SCORE_MEAN).asDouble(0), json.path(SCORE_STANDARD_DEVIATION).asDouble(1));
  }

  private static Head head(ConfigFields fields, Family family) {
    String name = fields.get("architectures").path(0).asText("none");
    JsonNode named = fields.get("id2label");
    int labels = fields.integer("num_labels", named.isMissingNode() ? 2 : named.size());
    if (name.equals(architecture(family, Head.SCORE))) {
      // Hugging Face writes id2label and derives num_labels from it; without both it means 2.
      UserError.require(labels == 1, "num_labels", labels, "1");
      return Head.SCORE;
    }
    if (name.equals(architecture(family, Head.LANGUAGE_MODEL))) {
      return Head.LANGUAGE_MODEL;
    }
    throw UserError.expected(
        "architectures",
        name,
        architecture(family, Head.LANGUAGE_MODEL) + " or " + architecture(family, Head.SCORE));
  }

  /** What {@code architectures} holds for a model with that head. */
  static String architecture(Family family, Head head) {
    return switch (head) {
      case LANGUAGE_MODEL -> family.languageModel();
      case SCORE -> family.sequenceClassifier();
    };
  }
}
