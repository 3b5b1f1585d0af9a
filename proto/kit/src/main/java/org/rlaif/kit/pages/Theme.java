package org.rlaif.kit.pages;

import java.awt.Color;

/**
 * Colours of the pictures; each has one meaning in all of them.
 *
 * @param policy what PPO trained, and scores of the reward model
 * @param gold the gold score, which no training sees
 * @param divergence KL to the reference
 * @param before what was there before: SFT, training loss, one order
 */
public record Theme(
    Color background,
    Color text,
    Color muted,
    Color grid,
    Color policy,
    Color gold,
    Color divergence,
    Color before) {

  static final Theme LIGHT =
      new Theme(
          new Color(0xffffff),
          new Color(0x1c2733),
          new Color(0x5c6b7a),
          new Color(0xe4e9ee),
          new Color(0x2166d1),
          new Color(0xc77700),
          new Color(0x7a4fd0),
          new Color(0x98a6b5));

  static final Theme DARK =
      new Theme(
          new Color(0x171c23),
          new Color(0xe3e9f0),
          new Color(0x9aa8b7),
          new Color(0x2b343f),
          new Color(0x6aa5ff),
          new Color(0xf2ae3d),
          new Color(0xb394f5),
          new Color(0x7d8b9a));
}
