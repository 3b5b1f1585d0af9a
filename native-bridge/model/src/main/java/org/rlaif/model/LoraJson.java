package org.rlaif.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;
import org.rlaif.model.DecoderConfig.Head;

/**
 * PEFT's {@code adapter_config.json}, both ways. A key that is neither read here nor known to
 * change no number is refused by its name.
 */
final class LoraJson {
  static final String REVISION = "revision";
  static final String BASE = "base_model_name_or_path";

  private static final String TARGETS = "target_modules";
  private static final String SAVED = "modules_to_save";
  private static final String SCORE = "score";

  /** PEFT writes both, however often: the one that a model has is saved. */
  private static final Set<String> HEADS = Set.of(SCORE, "classifier");

  /** Keys that say nothing about the adapted network as it answers. */
  private static final Set<String> HARMLESS =
      Set.of(
          BASE,
          "auto_mapping",
          "fan_in_fan_out", // the family says how a matrix lies
          "inference_mode",
          "lora_dropout",
          "megatron_core",
          "peft_version",
          "qalora_group_size", // of use_qalora
          REVISION,
          "runtime_config");

  private LoraJson() {}

  /**
   * @param base that the adapter is for
   */
  static Lora read(ConfigFields fields, DecoderConfig base) {
    fields.oneOf("peft_type", "LORA");
    fields.oneOf("bias", "none");
    initial(fields);
    head(fields, base);
    for (JsonNode saved : fields.get(SAVED)) {
      if (!HEADS.contains(saved.asText()) || head(fields, base) != Head.SCORE) {
        throw fields.wrong(
            SAVED, "\"score\" and \"classifier\" alone with task_type SEQ_CLS, or null");
      }
    }
    Lora lora =
        new Lora(
            fields.integer("r", 8),
            fields.number("lora_alpha", 8),
            fields.flag("use_rslora", false),
            targets(fields, base));
    fields.refuseOthers(HARMLESS::contains);
    return lora;
  }

  /** Some ways to begin take something away from the base, which then is not the one we know. */
  private static void initial(ConfigFields fields) {
    JsonNode begun = fields.get("init_lora_weights");
    if (!begun.isMissingNode() && !begun.isBoolean() && !begun.asText().equals("gaussian")) {
      throw fields.wrong("init_lora_weights", "true, false or \"gaussian\": an unchanged base");
    }
  }

  static Head head(ConfigFields fields, DecoderConfig base) {
    String task = fields.oneOf("task_type", "CAUSAL_LM", "SEQ_CLS");
    if (task.equals("CAUSAL_LM") && base.head() == Head.SCORE) {
      throw fields.wrong("task_type", "\"SEQ_CLS\": the base is a model that scores");
    }
    return task.equals("SEQ_CLS") ? Head.SCORE : Head.LANGUAGE_MODEL;
  }

  /** A list of names, or a regular expression for whole names. */
  private static List<String> targets(ConfigFields fields, DecoderConfig base) {
    JsonNode json = fields.get(TARGETS);
    var targets = new ArrayList<String>();
    if (json.isArray()) {
      json.forEach(each -> targets.add(each.asText()));
    } else if (json.asText().equals(Lora.ALL)) {
      targets.add(Lora.ALL);
    } else {
      try {
        Pattern pattern = Pattern.compile(json.asText());
        base.blocks().stream()
            .flatMap(Block::linears)
            .map(Linear::name)
            .filter(name -> pattern.matcher(name).matches())
            .forEach(targets::add);
      } catch (PatternSyntaxException e) {
        throw new UserError(TARGETS + ": " + json + " (expected: a regular expression)", e);
      }
    }
    if (targets.isEmpty()) {
      throw fields.wrong(TARGETS, "linear layers of blocks");
    }
    return targets;
  }

  /** All keys that versions of PEFT want to see, except the base. */
  static ObjectNode write(Lora lora, DecoderConfig config) {
    boolean scores = config.head() == Head.SCORE;
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("peft_type", "LORA");
    json.put("task_type", scores ? "SEQ_CLS" : "CAUSAL_LM");
    json.put("r", lora.rank());
    json.put("lora_alpha", lora.alpha());
    json.put("use_rslora", lora.rankStabilised());
    List<String> targets =
        lora.targets().contains(Lora.ALL) ? Lora.suffixes(lora.adapted(config)) : lora.targets();
    json.set(TARGETS, Json.MAPPER.valueToTree(targets));
    json.set(SAVED, scores ? Json.MAPPER.valueToTree(List.of(SCORE)) : null);
    json.put("fan_in_fan_out", config.blocks().get(0).up().inputsFirst());
    json.put("bias", "none");
    json.put("lora_dropout", 0.0);
    json.put("init_lora_weights", true);
    json.put("inference_mode", true);
    return json;
  }
}
