package org.rlaif.training.offline;

import java.util.List;
import org.rlaif.kit.Preference;
import org.rlaif.kit.UserError;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.PromptEncoder;
import org.rlaif.training.learning.Pairs;

/**
 * Preferences to learn from and to measure on.
 *
 * @param tooLong those that were left out, for the figures
 * @param encodedApart completions that do not begin where their prompt's tokens end, likewise
 */
public record LabelledPairs(
    List<Preference> train, List<Preference> heldOut, int tooLong, int encodedApart) {

  /** Refuses to learn from nothing, and to measure on nothing. */
  void require(String stage) {
    UserError.require(!train.isEmpty(), stage + ": preferences to learn from", 0, "at least 1");
    UserError.require(!heldOut.isEmpty(), stage + ": held-out preferences", 0, "at least 1");
  }

  /** Of an optimiser, for so many passes. */
  int steps(int epochs, int batch) {
    return Math.max(1, epochs * train.size() / batch);
  }

  Pairs train(PromptEncoder encoder, ModelFolder model) {
    return Pairs.encode(train, encoder, model.config().contextLength());
  }

  Pairs heldOut(PromptEncoder encoder, ModelFolder model) {
    return Pairs.encode(heldOut, encoder, model.config().contextLength());
  }
}
