using Actors.Runtime.Storage;
using Actors.Tests.Storage;
using Orleans.Storage;

namespace Actors.Runtime.Tests.Storage;

/// <summary>The store in memory keeps the promises of a store.</summary>
public sealed class MemoryGrainStorageTests : GrainStorageCompliance
{
    protected override Task<IGrainStorage> OpenAsync() => Task.FromResult<IGrainStorage>(new MemoryGrainStorage("memory"));
}
