package org.rlaif.bench;

import org.jspecify.annotations.Nullable;
import org.rlaif.model.DecoderConfig;
import org.rlaif.serving.engine.PolicyEngine;
import org.rlaif.serving.engine.RewardEngine;

/**
 * What is measured: a model of a server and, if that runs in this process, its engine.
 *
 * @param network over loopback or a network
 * @param inProcess the same server without a network; null: it is elsewhere
 * @param engine null: it is elsewhere
 * @param reward a reward model of the same shape; null: there is none here
 */
record Bench(
    Settings settings,
    DecoderConfig config,
    Caller network,
    @Nullable Caller inProcess,
    @Nullable PolicyEngine engine,
    @Nullable RewardEngine reward) {}
