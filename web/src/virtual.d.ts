/** The United Kingdom and its neighbours as GeoJSON, a string to be parsed: that is faster than as an object of the script. */
declare module "virtual:outline" {
  const text: string;
  export default text;
}
