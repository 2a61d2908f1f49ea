using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Actors.Silo.Options;

namespace Actors.Silo.Tests.Options;

public sealed class OptionBinderTests
{
    private static readonly OptionSchema Schema = OptionSchema.Of(["Logging"], ("Box", typeof(BoxOptions)), ("Lid", typeof(LidOptions)));

    private enum Colour
    {
        Red,
        Green,
    }

    [Fact]
    public void Defaults_stand_where_nothing_is_given()
    {
        var options = OptionBinder.Bind(Schema);

        Assert.Equal(new BoxOptions(), options.Get<BoxOptions>());
        Assert.Equal("Box:Width = 7 (default)", options.Find<BoxOptions>("Width").ToString());
        Assert.Equal("Box:Name is not set", options.Find<BoxOptions>("Name").ToString());
    }

    [Fact]
    public void Every_kind_of_value_is_read()
    {
        var options = Bind(
            "--Box:Width=5", "--box:bytes=5000000000", "--Box:Ratio=0.25", "--Box:IsOpen=TRUE", "--Box:Colour=green",
            "--Box:Name=n", "--Box:Depth=3", "--Box:Kind=SMALL");

        Assert.Empty(options.Mistakes);
        Assert.Equal(
            new BoxOptions { Width = 5, Bytes = 5_000_000_000, Ratio = 0.25, IsOpen = true, Colour = Colour.Green, Name = "n", Depth = 3, Kind = "small" },
            options.Get<BoxOptions>());
    }

    [Theory]
    [InlineData("Width=11", "a whole number from 1 to 10")]
    [InlineData("Width=0", "a whole number from 1 to 10")]
    [InlineData("Width=1.5", "a whole number from 1 to 10")]
    [InlineData("Width= 5", "a whole number from 1 to 10")]
    [InlineData("Width=99999999999999999999", "a whole number from 1 to 10")]
    [InlineData("Bytes=-1", "a whole number from 0 to 9223372036854775807")]
    [InlineData("Ratio=2", "a number from 0 to 1")]
    [InlineData("Ratio=NaN", "a number from 0 to 1")]
    [InlineData("IsOpen=yes", "true or false")]
    [InlineData("Colour=blue", "one of Red, Green")]
    [InlineData("Colour=1", "one of Red, Green")]
    [InlineData("Kind=huge", "one of small, large")]
    [InlineData("Name=", "text that is not empty")]
    public void A_bad_value_is_named_with_its_source_and_what_is_allowed(string argument, string allowed)
    {
        var mistake = Assert.Single(Bind($"--Box:{argument}").Mistakes);

        var (key, value) = (argument.Split('=')[0], argument.Split('=')[1]);
        Assert.Equal($"Box:{key} = \"{value}\" (command line --Box:{key}): must be {allowed}", mistake.ToString());
    }

    [Fact]
    public void All_mistakes_are_reported_at_once()
    {
        var options = Bind("--Box:Width=x", "--Box:Wdith=1", "stray", "--Box:Ratio=7", "--Lid:Closed=maybe", "--Lid:Height=9");

        Assert.Equal(
            ["stray", "Box:Wdith", "Box:Width", "Box:Ratio", "Lid:Closed", "Lid:Height"],
            options.Mistakes.Select(mistake => mistake.Key));
    }

    [Theory]
    [InlineData("--Box:Wdith=1", "did you mean Box:Width?")]
    [InlineData("--Bxo:Width=1", "did you mean Box:Width?")]
    [InlineData("--Lid:Colour=Red", "did you mean Box:Colour?")]
    [InlineData("--Box:Something=1", "this section has Box:Width, Box:Bytes")]
    [InlineData("--Elsewhere:Something=1", "the sections are Box, Lid, Logging")]
    public void An_unknown_key_is_a_mistake_with_a_hint(string argument, string hint) =>
        Assert.Contains(hint, Assert.Single(Bind(argument).Mistakes).Sentence);

    [Fact]
    public void Sections_of_the_host_are_not_judged() => Assert.Empty(Bind("--Logging:Whatever=1", "--logging:LogLevel:Default=Debug").Mistakes);

    [Fact]
    public void A_later_source_wins_and_is_named()
    {
        var file = JsonFileLayer.Parse("""{ "Box": { "Width": 2, "Depth": 4 } }""", "box.json");
        var options = OptionBinder.Bind(Schema, file, CommandLineLayer.Read(["--Box:Width=3", "--Box:Width=4"]));

        Assert.Equal("Box:Width = 4 (command line --Box:Width)", options.Find<BoxOptions>("Width").ToString());
        Assert.Equal("Box:Depth = 4 (file box.json)", options.Find<BoxOptions>("Depth").ToString());
    }

    [Fact]
    public void A_broken_rule_names_the_value_and_its_source()
    {
        var mistake = Assert.Single(Bind("--Lid:Height=9").Mistakes);

        Assert.Equal("Lid:Height = \"9\" (command line --Lid:Height): a closed lid is flat: write 0", mistake.ToString());
    }

    [Fact]
    public void A_secret_is_masked_among_effective_values_and_mistakes()
    {
        var options = Bind("--Box:Key=Host=db;Password=hunter2");
        Assert.Equal("Box:Key = Host=db;*** (command line --Box:Key)", options.Find<BoxOptions>("Key").ToString());

        var mistake = Assert.Single(Bind("--Lid:Code=hunter2").Mistakes);
        Assert.DoesNotContain("hunter2", mistake.ToString());
    }

    private static BoundOptions Bind(params string[] arguments) => OptionBinder.Bind(Schema, CommandLineLayer.Read(arguments));

    private sealed record BoxOptions
    {
        [Description("Width.")]
        [Range(1, 10)]
        public int Width { get; init; } = 7;

        [Range(0, long.MaxValue)]
        public long Bytes { get; init; }

        [Range(0.0, 1.0)]
        public double Ratio { get; init; } = 0.5;

        public bool IsOpen { get; init; }

        public Colour Colour { get; init; }

        public string? Name { get; init; }

        public int? Depth { get; init; }

        [AllowedValues("small", "large")]
        public string Kind { get; init; } = "large";

        [Secret("none")]
        public string Key { get; init; } = "none";
    }

    private sealed record LidOptions : IOptionRules
    {
        public bool Closed { get; init; } = true;

        public int Height { get; init; }

        [Secret]
        [Range(0, 9)]
        public int Code { get; init; }

        public IEnumerable<OptionBreach> Check()
        {
            if (Closed && Height != 0) yield return new(nameof(Height), "a closed lid is flat: write 0");
        }
    }
}
