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

  /**
   * @param part of a head's numbers that is turned, where nothing is said
   */
  static Rotary read(ConfigFields fields, int headWidth, double part) {
    double theta = fields.number("rope_theta", fields.number("rotary_emb_base", THETA));
    double turned = fields.number("partial_rotary_factor", fields.number("rotary_pct", part));
    ConfigFields scaling = scaling(fields);
    Scaling read = null;
    if (scaling != null) {
      theta = scaling.number("rope_theta", theta);
      turned = scaling.number("partial_rotary_factor", turned);
      read = scaling(scaling, fields.integer("max_position_embeddings"));
      scaling.refuseOthers(key -> false);
    }
    return new Rotary((int) (headWidth * turned), theta, read);
  }

  private static @Nullable ConfigFields scaling(ConfigFields fields) {
    for (String key : new String[] {"rope_parameters", "rope_scaling"}) {
      if (fields.has(key)) {
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
        fields.number("attention_factor", Yarn.magnitude(factor)),
        fields.flag("truncate", true));
  }
}
