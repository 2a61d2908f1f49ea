using Actors.Silo.Options;

namespace Actors.Silo.Tests.Options;

public sealed class CommandLineLayerTests
{
    [Fact]
    public void Both_forms_give_the_same_value()
    {
        var joined = CommandLineLayer.Read(["--Silo:NodeId=2"]);
        var apart = CommandLineLayer.Read(["--Silo:NodeId", "2"]);

        Assert.Equal(joined.Values, apart.Values);
        Assert.Equal(new("Silo:NodeId", "2", new(OptionSourceKind.CommandLine, "--Silo:NodeId")), joined.Values[0]);
        Assert.Empty(joined.Mistakes);
    }

    [Fact]
    public void A_value_keeps_its_equals_signs_and_may_be_negative()
    {
        var layer = CommandLineLayer.Read(["--Silo:Store=Host=db;Port=1", "--A:B", "-1", "--A:C="]);

        Assert.Equal(["Host=db;Port=1", "-1", ""], layer.Values.Select(value => value.Text));
    }

    [Theory]
    [InlineData("foo")]
    [InlineData("-Silo:NodeId=2")]
    [InlineData("--")]
    [InlineData("/Silo:NodeId=2")]
    public void What_is_no_option_is_a_mistake(string argument)
    {
        var layer = CommandLineLayer.Read([argument]);

        Assert.Empty(layer.Values);
        Assert.Contains("options look like", Assert.Single(layer.Mistakes).ToString());
    }

    [Fact]
    public void An_option_without_a_value_is_a_mistake_and_does_not_eat_the_next_one()
    {
        var layer = CommandLineLayer.Read(["--A:B", "--A:C=1", "--A:D"]);

        Assert.Equal("A:C", Assert.Single(layer.Values).Key);
        Assert.Equal(["A:B", "A:D"], layer.Mistakes.Select(mistake => mistake.Key));
    }
}
