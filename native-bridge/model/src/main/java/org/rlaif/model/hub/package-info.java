/**
 * Models by name. {@link org.rlaif.model.hub.Hub} finds {@code org/name@revision} in the local
 * cache of Hugging Face's tools, and downloads into it what is not there, so that either side finds
 * what the other one fetched.
 *
 * <p>A model in the cache is {@code models--org--name}: {@code blobs}, files under their checksums;
 * {@code snapshots/COMMIT}, their names as links to blobs; {@code refs}, the commits of branches
 * and tags. A file that is not whole has a name of its own, and a model that is not whole is no
 * model: nothing is asked from the network for one that is.
 *
 * <p>What is inside the files is nobody's business here; {@link org.rlaif.model.hub.WeightNames}
 * are all that has to be known of it. The proxies that the environment names are respected.
 */
@NullMarked
package org.rlaif.model.hub;

import org.jspecify.annotations.NullMarked;
