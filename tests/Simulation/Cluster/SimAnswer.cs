namespace Actors.Simulation.Tests.Cluster;

/// <summary>The answer to a call; when it was not run, the caller asks again.</summary>
internal sealed record SimAnswer(PendingCall Pending, bool WasRun);
