using Orleans.Runtime;

namespace Actors.Runtime.Tests.Clusters.Stress;

/// <summary>A call that failed, and when it was made, as timestamps of the system's clock.</summary>
internal sealed record StressCall(SiloAddress Caller, GrainId Grain, long Began, long Ended, Exception Error);
