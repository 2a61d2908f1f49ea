namespace Actors.Dashboard.Tests;

public sealed class FiguresTests
{
    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(59, "59 s")]
    [InlineData(60, "1 min 0 s")]
    [InlineData(3_725, "1 h 2 min")]
    [InlineData(90_000, "1 d 1 h")]
    public void A_duration_has_two_units(int seconds, string text) => Assert.Equal(text, Figures.Duration(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1_234_567, "1,234,567")]
    public void Thousands_are_set_apart(long number, string text) => Assert.Equal(text, Figures.Count(number));

    [Theory]
    [InlineData(0, "0")]
    [InlineData(0.256, "0.26")]
    [InlineData(9.5, "9.5")]
    [InlineData(1_234.5, "1,234")]
    public void Milliseconds_have_decimals_while_they_are_few(double milliseconds, string text) => Assert.Equal(text, Figures.Milliseconds(milliseconds));

    [Fact]
    public void What_is_not_known_is_a_dash() => Assert.Equal("–", Figures.Count(null));
}
