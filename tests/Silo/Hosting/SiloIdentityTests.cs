using System.Collections;
using Actors.Silo.Hosting;
using Actors.Silo.Lifetime;
using Actors.Silo.Options;

namespace Actors.Silo.Tests.Hosting;

public sealed class SiloIdentityTests
{
    [Fact]
    public void A_silo_is_as_old_as_its_program_and_not_as_the_script_that_became_it()
    {
        var configuration = SiloConfiguration.Read(["--Kafka:Port=0", "--Http:Port=0"], new Hashtable(), Path.GetTempPath());
        using var sockets = ListenSockets.Bind(configuration);
        var before = TimeProvider.System.GetUtcNow();

        var silo = new SiloIdentity(configuration, sockets, TimeProvider.System, before - TimeSpan.FromHours(1));

        Assert.InRange(silo.Uptime, TimeSpan.FromHours(1), TimeSpan.FromHours(1) + (TimeProvider.System.GetUtcNow() - before));
        Assert.Equal(before - TimeSpan.FromHours(1), silo.StartedAt);
    }
}
