namespace Actors.Storage.Tests.BackEnds.Qemu;

/// <summary>The back end of qemu-storage-daemon keeps what every back end keeps.</summary>
public sealed class QemuCompliance : BackEndCompliance
{
    private protected override async Task<BackEndWorld> StartAsync() => await QemuWorld.StartAsync();
}
