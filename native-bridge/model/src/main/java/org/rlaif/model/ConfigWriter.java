package org.rlaif.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import org.rlaif.kit.Json;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.Mlp.Activation;
import org.rlaif.model.Rotary.Interpolation;
import org.rlaif.model.Rotary.Llama3;
import org.rlaif.model.Rotary.Yarn;
import org.rlaif.model.text.Tokenizer;

/** Writes Hugging Face's {@code config.json}, in the spelling that every version reads. */
final class ConfigWriter {
  private ConfigWriter() {}

  /**
   * The configuration of a model that came from no folder.
   *
   * @param tokenizer whose special tokens it names
   * @param stored how its tensors are stored
   */
  static ObjectNode write(DecoderConfig config, Tokenizer tokenizer, Dtype stored) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("model_type", config.family().modelType());
    json.put("vocab_size", config.vocabularySize());
    if (config.family() == Family.GPT2) {
      gpt2(config, json);
    } else {
      others(config, json);
    }
    json.put(ConfigJson.TIED, config.tied());
    ids(json, tokenizer);
    json.put("torch_dtype", stored.torchName());
    return json;
  }

  private static void ids(ObjectNode json, Tokenizer tokenizer) {
    tokenizer.bosId().ifPresent(id -> json.put("bos_token_id", id));
    json.put("eos_token_id", tokenizer.eosId());
    tokenizer.padId().ifPresent(id -> json.put("pad_token_id", id));
  }

  /**
   * Says which head the model has, whether the embedding is one with it, what its scores look like,
   * and at which token they are read. Where that is the last one whatever it is, no padding token
   * is named that can end a completion: transformers would pass over it.
   *
   * @param tokenizer which says what ends a completion
   */
  static void head(ObjectNode json, DecoderConfig config, ScoreScale scale, Tokenizer tokenizer) {
    json.putArray("architectures").add(ConfigJson.architecture(config.family(), config.head()));
    if (!config.tied()) {
      json.put(ConfigJson.TIED, false);
    }
    if (config.scores() != 1) {
      throw new IllegalArgumentException(config.scores() + " scores (expected: 1, as others read)");
    }
    if (config.head() == Head.SCORE) {
      json.put("num_labels", 1);
      json.putObject("id2label").put("0", "SCORE");
      json.putObject("label2id").put("SCORE", 0);
      json.put(ConfigJson.SCORE_MEAN, scale.mean());
      json.put(ConfigJson.SCORE_STANDARD_DEVIATION, scale.standardDeviation());
      int ends = Arrays.binarySearch(tokenizer.endIds(), json.path(ConfigJson.PADDING).asInt(-1));
      if (config.scorePadding() != DecoderConfig.NO_PADDING) {
        json.put(ConfigJson.SCORE_TOKEN, ConfigJson.LAST_BUT_PADDING);
        json.put(ConfigJson.PADDING, config.scorePadding());
      } else {
        json.put(ConfigJson.SCORE_TOKEN, ConfigJson.LAST);
        if (ends >= 0) {
          json.remove(ConfigJson.PADDING);
        }
      }
    }
  }

  private static String gelu(DecoderConfig config) {
    return config.mlp().activation() == Activation.GELU ? "gelu" : "gelu_new";
  }

  private static void gpt2(DecoderConfig config, ObjectNode json) {
    json.put("n_positions", config.contextLength());
    json.put("n_embd", config.width());
    json.put("n_layer", config.layers());
    json.put("n_head", config.attention().heads());
    json.put("n_inner", config.mlp().width());
    json.put("activation_function", gelu(config));
    json.put("layer_norm_epsilon", config.normEpsilon());
    json.put("attn_pdrop", 0.0).put("embd_pdrop", 0.0).put("resid_pdrop", 0.0);
  }

  private static void others(DecoderConfig config, ObjectNode json) {
    Attention attention = config.attention();
    json.put("max_position_embeddings", config.contextLength());
    json.put("hidden_size", config.width());
    json.put("num_hidden_layers", config.layers());
    json.put("num_attention_heads", attention.heads());
    json.put("intermediate_size", config.mlp().width());
    if (config.family() == Family.GPT_NEOX) {
      json.put("layer_norm_eps", config.normEpsilon());
      json.put("hidden_act", gelu(config));
      json.put("use_parallel_residual", config.parallel());
      json.put("attention_bias", attention.inputBias());
    } else {
      json.put("num_key_value_heads", attention.kvHeads());
      json.put("head_dim", attention.headWidth());
      json.put("rms_norm_eps", config.normEpsilon());
      json.put("hidden_act", "silu");
      if (config.family() == Family.MISTRAL) {
        json.put("sliding_window", attention.window() == 0 ? null : attention.window());
      } else if (config.family() != Family.QWEN2) {
        json.put("attention_bias", attention.inputBias());
      }
      if (config.family() == Family.LLAMA) {
        json.put("mlp_bias", config.mlp().bias());
      }
    }
    rotary(config, json);
  }

  private static void rotary(DecoderConfig config, ObjectNode json) {
    Rotary rotary = config.rotary();
    if (rotary == null) {
      return;
    }
    if (config.family() == Family.GPT_NEOX) {
      json.put("rotary_emb_base", rotary.theta());
      json.put("rotary_pct", (double) rotary.width() / config.attention().headWidth());
    } else {
      json.put("rope_theta", rotary.theta());
    }
    if (rotary.scaling() instanceof Interpolation linear) {
      json.putObject("rope_scaling").put("rope_type", "linear").put("factor", linear.factor());
    } else if (rotary.scaling() instanceof Llama3 llama) {
      json.putObject("rope_scaling")
          .put("rope_type", "llama3")
          .put("factor", llama.factor())
          .put("low_freq_factor", llama.low())
          .put("high_freq_factor", llama.high())
          .put("original_max_position_embeddings", llama.context());
    } else if (rotary.scaling() instanceof Yarn yarn) {
      json.putObject("rope_scaling")
          .put("rope_type", "yarn")
          .put("factor", yarn.factor())
          .put("original_max_position_embeddings", yarn.context())
          .put("beta_fast", yarn.fast())
          .put("beta_slow", yarn.slow())
          .put("attention_factor", yarn.magnitude())
          .put("truncate", yarn.truncate());
    }
  }
}
