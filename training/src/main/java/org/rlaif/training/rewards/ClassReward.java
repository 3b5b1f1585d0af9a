package org.rlaif.training.rewards;

import org.rlaif.kit.UserError;

/**
 * A class of the user's own on the class path: a {@link RewardSource} with a public constructor
 * that takes nothing.
 *
 * @param type its full name
 */
public record ClassReward(String type, double weight) implements RewardPart {
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

  private RewardSource open() {
    try {
      return Class.forName(type)
          .asSubclass(RewardSource.class)
          .getDeclaredConstructor()
          .newInstance();
    } catch (ReflectiveOperationException | LinkageError | ClassCastException e) {
      throw new UserError(
          "onPolicy.rewards: class %s: %s (expected: a class on the class path, RLAIF_CLASSPATH, that implements %s and has a public constructor without parameters)"
              .formatted(type, e, RewardSource.class.getName()),
          e);
    }
  }
}
