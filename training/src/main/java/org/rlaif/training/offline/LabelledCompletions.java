package org.rlaif.training.offline;

import java.util.ArrayList;
import java.util.List;
import org.rlaif.kit.Preference;
import org.rlaif.kit.UnpairedPreference;
import org.rlaif.kit.UserError;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.PromptEncoder;
import org.rlaif.training.learning.Pairs;
import org.rlaif.training.learning.Sequence;

/**
 * Completions to learn from and to measure on, each with how probable it is that it is wanted: both
 * sides of preferences, and completions that were judged by themselves.
 *
 * @param tooLong preferences of both kinds that were left out, for the figures
 * @param encodedApart completions that do not begin where their prompt's tokens end, likewise
 */
public record LabelledCompletions(
    LabelledPairs pairs,
    List<UnpairedPreference> train,
    List<UnpairedPreference> heldOut,
    int tooLong,
    int encodedApart) {

  /** As tokens. */
  @SuppressWarnings("ArrayRecordComponent") // plain numbers, never compared as records
  record Encoded(List<Sequence> sequences, double[] labels, Pairs pairs) {
    int size() {
      return labels.length;
    }

    /** How much of them is wanted. */
    double desirable() {
      double sum = 0;
      for (double label : labels) {
        sum += label;
      }
      return sum;
    }
  }

  /** Refuses to learn from nothing, and to measure on nothing. */
  void require(String stage) {
    UserError.require(
        pairs.train().size() + train.size() > 0,
        stage + ": completions to learn from",
        0,
        "at least 1");
    UserError.require(
        pairs.heldOut().size() + heldOut.size() > 0,
        stage + ": held-out completions",
        0,
        "at least 1");
  }

  Encoded train(PromptEncoder encoder, ModelFolder model) {
    return encode(pairs.train(), train, encoder, model.config().contextLength());
  }

  Encoded heldOut(PromptEncoder encoder, ModelFolder model) {
    return encode(pairs.heldOut(), heldOut, encoder, model.config().contextLength());
  }

  /** All first completions, all second ones, then those without another. */
  private static Encoded encode(
      List<Preference> preferences,
      List<UnpairedPreference> unpaired,
      PromptEncoder encoder,
      int contextLength) {
    Pairs pairs = Pairs.encode(preferences, encoder, contextLength);
    int sides = 2 * pairs.size();
    List<Sequence> sequences = new ArrayList<>(pairs.all());
    double[] labels = new double[sides + unpaired.size()];
    for (int i = 0; i < pairs.size(); i++) {
      labels[i] = pairs.labels()[i];
      labels[pairs.size() + i] = 1 - labels[i];
    }
    for (int i = 0; i < unpaired.size(); i++) {
      UnpairedPreference each = unpaired.get(i);
      labels[sides + i] = each.probabilityDesirable();
      sequences.add(
          Sequence.encode(
              encoder, contextLength, "completion " + each.id(), each.prompt(), each.completion()));
    }
    return new Encoded(sequences, labels, pairs);
  }
}
