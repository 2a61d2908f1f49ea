using Orleans;

namespace Actors.Runtime.Tests.Hosting;

[Alias("test.INewsReader")]
public interface INewsReader : IGrainObserver
{
    [Alias("Read")]
    Task Read(string news);
}
