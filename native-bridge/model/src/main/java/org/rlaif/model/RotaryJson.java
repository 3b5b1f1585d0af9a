package org.rlaif.model;

import org.jspecify.annotations.Nullable;
import org.rlaif.kit.UserError;
import org.rlaif.model.Rotary.Interpolation;
import org.rlaif.model.Rotary.Llama3;
import org.rlaif.model.Rotary.Scaling;
import org.rlaif.model.Rotary.Yarn;

/**
 * Rotary positions in {@code config.json}, in both spellings: {@code rope_theta}, {@code
 * rope_scaling} and their like beside the other keys, or all in {@code rope_parameters}, as
 * transformers writes them since version 5.
 */
final class RotaryJson {
  private static final double THETA = 10_000;
  private static final String THETA_KEY = "rope_theta";
  private static final String PART = "partial_rotary_factor";

  private RotaryJson() {}

  /** Tokens that the positions are made for: YaRN's factor is meant to go beyond the first ones. */
  static int context(ConfigFields fields) {
    int context = fields.integer("max_position_embeddings");
    ConfigFields scaling = scaling(fields);
    if (scaling != null && kind(scaling).equals("yarn")) {
      double reached =
          scaling.integer("original_max_position_embeddings", context) * scaling.number("factor");
      return (int) Math.max(context, reached);
    }
    return context;
  }

  /** GPT-NeoX's, which turns a part of each head, in words of its own. */
  static Rotary ofNeox(ConfigFields fields, int headWidth) {
    Rotary rotary =
        read(
            fields,
            headWidth,
            fields.number("rotary_emb_base", THETA),
            fields.number("rotary_pct", 0.25));
    mustAgree(fields, THETA_KEY, rotary.theta()); // versions 4 wrote it down as well
    return rotary;
  }

  /** All others', which turn whole heads. */
  static Rotary ofWholeHeads(ConfigFields fields, int headWidth) {
    ConfigFields scaling = scaling(fields);
    if (scaling != null) {
      mustAgree(scaling, PART, 1);
    }
    return read(fields, headWidth, fields.number(THETA_KEY, THETA), 1);
  }

  private static Rotary read(ConfigFields fields, int headWidth, double theta, double part) {
    ConfigFields scaling = scaling(fields);
    Scaling read = null;
    if (scaling != null) {
      theta = scaling.number(THETA_KEY, theta);
      part = scaling.number(PART, part);
      read = scaling(scaling, fields.integer("max_position_embeddings"));
      scaling.refuseOthers(key -> false);
    }
    mustAgree(fields, PART, part);
    return new Rotary((int) (headWidth * part), theta, read);
  }

  /** Refuses a key that transformers does not read where it would say something else. */
  private static void mustAgree(ConfigFields fields, String key, double used) {
    if (fields.number(key, used) != used) {
      throw fields.wrong(key, used + ", which transformers uses whatever stands here, or none");
    }
  }

  private static @Nullable ConfigFields scaling(ConfigFields fields) {
    String[] spellings = {"rope_scaling", "rope_parameters"}; // transformers prefers the first
    for (String key : spellings) {
      if (fields.has(key)) {
        if (fields.has(spellings[1]) && !fields.get(key).equals(fields.get(spellings[1]))) {
          throw fields.wrong(spellings[1], "the same as " + key + ", or one of them");
        }
        return fields.object(key);
      }
    }
    return null;
  }

  private static String kind(ConfigFields scaling) {
    return scaling.get("rope_type").asText(scaling.get("type").asText("default"));
  }

  private static @Nullable Scaling scaling(ConfigFields fields, int context) {
    return switch (kind(fields)) {
      case "default" -> null;
      case "linear" -> new Interpolation(fields.number("factor"));
      case "llama3" ->
          new Llama3(
              fields.number("factor"),
              fields.number("low_freq_factor"),
              fields.number("high_freq_factor"),
              fields.integer("original_max_position_embeddings"));
      case "yarn" -> yarn(fields, context);
      default ->
          throw UserError.expected("rope_type", kind(fields), "default, linear, llama3 or yarn");
    };
  }

  private static Yarn yarn(ConfigFields fields, int context) {
    double factor = fields.number("factor");
    return new Yarn(
        factor,
        fields.integer("original_max_position_embeddings", context),
        fields.number("beta_fast", 32),
        fields.number("beta_slow", 1),
        fields.number("attention_factor", magnitude(fields, factor)),
        fields.flag("truncate", true));
  }

  /** DeepSeek's two strengths, each of which means nothing without the other. */
  private static double magnitude(ConfigFields fields, double factor) {
    double numerator = fields.number("mscale", 0);
    double denominator = fields.number("mscale_all_dim", 0);
    return numerator == 0 || denominator == 0
        ? Yarn.magnitude(factor, 1)
        : Yarn.magnitude(factor, numerator) / Yarn.magnitude(factor, denominator);
  }
}
