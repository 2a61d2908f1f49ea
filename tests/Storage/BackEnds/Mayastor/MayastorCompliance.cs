namespace Actors.Storage.Tests.BackEnds.Mayastor;

/// <summary>Mayastor's back end keeps what every back end keeps, though the replica beside the target is the one that Mayastor takes last.</summary>
public sealed class MayastorCompliance : BackEndCompliance
{
    private protected override Task<BackEndWorld> StartAsync() => Task.FromResult<BackEndWorld>(new MayastorWorld());
}

/// <summary>So it does when the target is elsewhere.</summary>
public sealed class MayastorRemoteCompliance : BackEndCompliance
{
    private protected override Task<BackEndWorld> StartAsync() => Task.FromResult<BackEndWorld>(new MayastorWorld(target: "n2"));
}
