package org.rlaif.training.environments;

import org.rlaif.kit.OwnClass;
import org.rlaif.kit.UserError;

/**
 * A class of the user's own on the class path: an {@link Environment} with a public constructor
 * that takes nothing.
 *
 * @param type its full name
 * @param turns the policy's in an episode, at most
 */
public record ClassEnvironment(String type, int turns) implements EnvironmentKind {
  public ClassEnvironment {
    UserError.require(turns >= 1, "onPolicy.environment, turns", turns, ">= 1");
  }

  @Override
  public Environment open() {
    return OwnClass.open("onPolicy.environment", type, Environment.class);
  }

  @Override
  public void check() {
    open().close();
  }

  /** The class itself: a run repeats its training when it has been compiled anew. */
  @Override
  public String content() {
    return OwnClass.content(type);
  }
}
