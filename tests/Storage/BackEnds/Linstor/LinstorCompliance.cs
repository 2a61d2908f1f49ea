namespace Actors.Storage.Tests.BackEnds.Linstor;

/// <summary>LINSTOR's back end keeps what every back end keeps.</summary>
public sealed class LinstorCompliance : BackEndCompliance
{
    private protected override Task<BackEndWorld> StartAsync() => Task.FromResult<BackEndWorld>(new LinstorWorld());
}

/// <summary>So it does when the node has the resource without a disk.</summary>
public sealed class LinstorTieBreakerCompliance : BackEndCompliance
{
    private protected override Task<BackEndWorld> StartAsync() => Task.FromResult<BackEndWorld>(new LinstorWorld(hasTieBreaker: true));
}
