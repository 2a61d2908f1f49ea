using System.Collections.Concurrent;
using Actors.Storage.Load;

namespace Actors.Storage.Tests.Load;

/// <summary>Disks that have done what a test says; a pool's folder is a disk of its name.</summary>
internal sealed class FakeDisks : IDisks
{
    private readonly ConcurrentDictionary<string, long> _sectors = [];

    /// <summary>Has a disk do something.</summary>
    public void Work(string disk, long sectors) => _sectors.AddOrUpdate(disk, sectors, (_, before) => before + sectors);

    public string? DiskOf(string folder) => _sectors.ContainsKey(folder) ? folder : null;

    public DiskReading? Read(string disk) => _sectors.TryGetValue(disk, out var sectors) ? new(sectors, 0) : null;
}
