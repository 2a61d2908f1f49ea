using Orleans;

namespace Actors.Runtime.Tests.Hosting;

[Alias("test.INewsGrain")]
public interface INewsGrain : IGrainWithStringKey
{
    [Alias("Subscribe")]
    Task Subscribe(INewsReader reader);

    /// <summary>Tells all readers; returns how many there still are.</summary>
    [Alias("Publish")]
    Task<int> Publish(string news);
}
