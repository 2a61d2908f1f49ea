using System.Collections;
using Actors.Silo.Options;

namespace Actors.Silo.Tests.Options;

public sealed class EnvironmentLayerTests
{
    private static readonly string[] Sections = ["Silo", "Kafka", "Http", "Log"];

    [Fact]
    public void Double_underscores_are_colons()
    {
        var value = Assert.Single(Read(("Silo__NodeId", "2")).Values);

        Assert.Equal(("Silo:NodeId", "2", "environment variable Silo__NodeId"), (value.Key, value.Text, value.Source.ToString()));
    }

    [Theory]
    [InlineData("PATH")]
    [InlineData("KAFKA_PORT")]
    [InlineData("npm_config__auth")]
    [InlineData("__CF_USER")]
    [InlineData("Lag__Level")]
    public void Variables_of_others_are_passed_over(string name) => Assert.Empty(Read((name, "x")).Values);

    [Theory]
    [InlineData("Kakfa__Port")]
    [InlineData("SILOS__NODEID")]
    [InlineData("kafka__Prot")]
    public void A_slip_is_noticed(string name) => Assert.Single(Read((name, "x")).Values);

    private static OptionLayer Read(params (string Name, string Value)[] variables)
    {
        var table = new Hashtable();
        foreach (var (name, value) in variables) table.Add(name, value);
        return EnvironmentLayer.Read(table, Sections);
    }
}
