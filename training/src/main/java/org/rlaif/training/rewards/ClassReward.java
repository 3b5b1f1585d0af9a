package org.rlaif.training.rewards;

import org.rlaif.kit.OwnClass;

/**
 * A class of the user's own on the class path: a {@link RewardSource} with a public constructor
 * that takes nothing.
 *
 * @param type its full name
 */
public record ClassReward(String type, double weight) implements RewardKind {
  @Override
  public String label() {
    return type.substring(type.lastIndexOf('.') + 1);
  }

  @Override
  public void check() {
    open();
  }

  @Override
  public RewardSource open(Server server) {
    return open();
  }

  /** The class itself: a run repeats its training when it has been compiled anew. */
  @Override
  public String content() {
    return OwnClass.content(type);
  }

  private RewardSource open() {
    return OwnClass.open("onPolicy.rewards", type, RewardSource.class);
  }
}
