package org.rlaif.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;

/** Keys of a configuration that change no number, and those that could. */
final class InertKeysTest {
  /** As transformers 3 and 4 wrote out every attribute, and what other tools add. */
  private static final String DUMP =
      """
      {"transformers.js_config": {"kv_cache_dtype": {"fp16": "float16"}}, "unsloth_fixed": true,
       "unsloth_version": "2024.9", "auto_map": {"AutoModel": "modeling_x.X"},
       "chunk_size_feed_forward": 0, "return_dict": true, "output_hidden_states": true,
       "torchscript": true, "use_bfloat16": false, "tf_legacy_loss": false, "pruned_heads": {},
       "is_encoder_decoder": false, "is_decoder": true, "cross_attention_hidden_size": null,
       "add_cross_attention": false, "tie_encoder_decoder": false, "max_length": 20,
       "min_length": 0, "do_sample": true, "early_stopping": false, "num_beams": 1,
       "num_beam_groups": 1, "diversity_penalty": 0.0, "temperature": 1.0, "top_k": 50,
       "top_p": 1.0, "typical_p": 1.0, "repetition_penalty": 1.0, "length_penalty": 1.0,
       "no_repeat_ngram_size": 0, "encoder_no_repeat_ngram_size": 0, "bad_words_ids": null,
       "num_return_sequences": 1, "forced_bos_token_id": null, "forced_eos_token_id": 1,
       "remove_invalid_values": true, "exponential_decay_length_penalty": null,
       "suppress_tokens": [3], "begin_suppress_tokens": null, "finetuning_task": "x",
       "prefix": "x", "sep_token_id": 3, "gradient_checkpointing": true, "_name_or_path": "x"}
      """;

  @TempDir private Path folder;

  @Test
  void theyAreSkippedInOneLine() throws IOException {
    for (String name : List.of("gpt2", "gpt_neox", "llama3", "mistral", "qwen3")) {
      Path model = GoldenFamilies.unpack(name, folder);
      Path file = model.resolve("config.json");
      DecoderConfig plain = ConfigJson.decoder(Json.object(file));
      ObjectNode json = Json.read(file, ObjectNode.class);
      json.setAll((ObjectNode) Json.MAPPER.readTree(DUMP));
      Json.write(file, json);
      assertEquals(plain, ConfigJson.decoder(Json.object(file)));
      List<String> said = told(() -> ModelFolder.open(model).close());
      assertEquals(1, said.size());
      assertTrue(said.get(0).startsWith(file + ": skipped auto_map (code beside the model"), name);
      assertTrue(said.get(0).contains("transformers.js_config (for transformers.js)"), name);
      assertTrue(said.get(0).contains("unsloth_fixed (of the tool that trained it)"), name);
    }
  }

  @Test
  void usualOnesAreNotWorthALine() {
    Path model = GoldenFamilies.unpack("llama3_old", folder);
    assertEquals(List.of(), told(() -> ModelFolder.open(model).close()));
  }

  @Test
  void whatCouldChangeANumberIsRefused() throws IOException {
    Path file = GoldenFamilies.unpack("llama3", folder).resolve("config.json");
    JsonNode changes =
        Json.MAPPER.readTree(
            """
            {"pruned_heads": {"0": [1]}, "logit_scale": 0.5, "final_logit_softcapping": 30.0,
             "num_local_experts": 8, "embedding_multiplier": 12, "attention_multiplier": 0.1,
             "query_pre_attn_scalar": 256, "no_rope_layers": [1], "quantization_config": {"bits": 4},
             "transformersXjs_config": 1, "xoutput_scale": 2}
            """);
    for (var change : changes.properties()) {
      ObjectNode json = Json.read(file, ObjectNode.class);
      json.set(change.getKey(), change.getValue());
      var e = assertThrows(UserError.class, () -> ConfigJson.decoder(json), change.getKey());
      assertTrue(e.getMessage().startsWith(change.getKey() + ": "), e.getMessage());
    }
  }

  private static List<String> told(Runnable work) {
    return Logged.by(InertKeys.class, work);
  }
}
