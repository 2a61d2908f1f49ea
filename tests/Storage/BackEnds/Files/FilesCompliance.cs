namespace Actors.Storage.Tests.BackEnds.Files;

/// <summary>The back end of files keeps what every back end keeps.</summary>
public sealed class FilesCompliance : BackEndCompliance
{
    private protected override async Task<BackEndWorld> StartAsync() => await FilesWorld.StartAsync();
}
